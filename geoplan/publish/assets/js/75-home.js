// The start view: the scope as large as it can be without lying under title, legend, scale or buttons.
function furnitureBoxes(ids) {
  var frame = byId('map_atlas').getBoundingClientRect();
  return ids.map(function (id) { return byId(id).getBoundingClientRect(); }).filter(function (r) { return r.width && r.height; })
    .map(function (r) { return [r.left - frame.left - 6, r.top - frame.top - 6, r.right - frame.left + 6, r.bottom - frame.top + 6]; });
}

// A map in detail opens on the counties that it is about.
function homeCounties(code) { return code === D.page.scope && (viewHome() || D.page.fit) || CHILDREN[code] || []; }

// Points of the outline in pixels at zoom 0, thinned to what can be told apart on a screen.
function outlinePoints(code) {
  var seen = {}, made = [];
  ringsOf(homeCounties(code)).forEach(function (polygon) {
    polygon[0].forEach(function (at) {
      var p = map.project(at, 0), key = Math.round(p.x * 60) + ' ' + Math.round(p.y * 60);
      if (!seen[key]) { seen[key] = true; made.push(p); }
    });
  });
  return made;
}

function isFree(points, boxes, place) {
  return points.every(function (p) {
    var x = p.x * place.scale - place.x, y = p.y * place.scale - place.y;
    return boxes.every(function (b) { return x < b[0] || x > b[2] || y < b[1] || y > b[3]; });
  });
}

// The middle first, then places further from it.
var SPOTS = [0.5, 0.4, 0.6, 0.25, 0.75, 0.1, 0.9, 0, 1];
function placeAt(points, boxes, zoom) {
  var size = map.getSize(), edge = 12, scale = Math.pow(2, zoom), b = L.bounds(points), found = null;
  var roomX = size.x - 2 * edge - (b.max.x - b.min.x) * scale, roomY = size.y - 2 * edge - (b.max.y - b.min.y) * scale;
  if (roomX < 0 || roomY < 0) { return null; }
  SPOTS.some(function (sx) {
    return SPOTS.some(function (sy) {
      var place = { scale: scale, zoom: zoom, x: b.min.x * scale - edge - roomX * sx, y: b.min.y * scale - edge - roomY * sy };
      if (isFree(points, boxes, place)) { found = place; }
      return found;
    });
  });
  return found;
}

function homeBounds(code) {
  return L.latLngBounds(ringsOf(homeCounties(code)).reduce(function (all, polygon) { return all.concat(polygon[0]); }, []));
}

function bestPlace(code) {
  var points = outlinePoints(code), fixed = furnitureBoxes(['plate', 'corner', 'scale', 'review']);
  var all = fixed.concat(furnitureBoxes(['legend'])), most = map.getBoundsZoom(homeBounds(code)), found = null;
  [[all, 0.6], [fixed, 1.5]].some(function (row) {
    var zoom;
    for (zoom = most + 0.25; zoom >= Math.max(map.getMinZoom(), most - row[1]) && !found; zoom -= 0.05) {
      found = placeAt(points, row[0], zoom);
    }
    return found;
  });
  return found;
}

function home() {
  var place = bestPlace(D.page.scope), size = map.getSize(), snap = map.options.zoomSnap;
  map.options.zoomSnap = 0;
  if (place) {
    map.setView(map.unproject(L.point(place.x + size.x / 2, place.y + size.y / 2), place.zoom), place.zoom, { animate: READY && !CALM.matches, reset: !READY });
  } else {
    map.fitBounds(homeBounds(D.page.scope), { padding: [8, 8], animate: READY && !CALM.matches, reset: !READY });
  }
  map.options.zoomSnap = snap;
}
