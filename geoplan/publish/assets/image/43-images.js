// Rasters: one picture each, below all shapes. It is made in the projection of the maps, so its corners are
// places in metres there; corners in degrees, which Leaflet's own overlay takes, would bend it.
var IMAGES = D.images;

var ProjectedImage = L.ImageOverlay.extend({
  initialize: function (url, box, options) {
    this.box = box;
    L.ImageOverlay.prototype.initialize.call(this, url, L.latLngBounds([toDegrees(box[0], box[1]), toDegrees(box[2], box[3])]), options);
  },
  // Upper left and lower right corner in pixels of the map at a zoom, not rounded.
  corners: function (zoom) {
    var scale = GAUSS.scale(zoom), box = this.box;
    return [[box[0], box[3]], [box[2], box[1]]].map(function (at) {
      return GAUSS.transformation.transform(L.point(at[0], at[1]), scale);
    });
  },
  // Boxes are rounded to whole pixels when they are drawn, what is transformed is not. The same for both steps
  // of a zoom: browsers go from one transformation to the other.
  put: function (zoom, origin) {
    var at = this.corners(zoom), size = this.options.size, style = this._image.style;
    style.transform = 'matrix(' + [(at[1].x - at[0].x) / size[0], 0, 0, (at[1].y - at[0].y) / size[1],
      at[0].x - origin.x, at[0].y - origin.y].join(',') + ')';
  },
  // Over a base map the page is in another projection, where the picture has no place.
  _reset: function () {
    this._image.style.visibility = this._map.options.crs === GAUSS ? '' : 'hidden';
    this._image.style.transformOrigin = '0 0';
    this.put(this._map.getZoom(), this._map.getPixelOrigin());
  },
  _animateZoom: function (event) { this.put(event.zoom, this._map._getNewPixelOrigin(event.center, event.zoom)); }
});

// A raster is an item without features: the tree switches it on and off, the sources name its document.
// What stands for its class is the note of its grid.
IMAGES.forEach(function (image) {
  var item = { l: image.l, c: image.k, b: 'image', d: true, k: image.k, f: [], image: image };
  image.item = item;
  D.classes[image.k] = { t: image.n, col: image.lg[Math.floor(image.lg.length / 2)][1], pat: 'solid' };
  D.items.push(item);
  ITEMS[item.k] = item;
  // It says nothing of where a plan does or does not concern a county.
  LAYERS[image.l].states = D.units.map(function () { return STATES.indexOf('concerned'); }).join('');
});

// The colours of a picture from its lowest to its highest step, or those of its classes, side by side.
function imageSwatch(image) {
  var made = el('i.swatch.image'), parts = image.lg.slice(0, 6), width = 100 / parts.length;
  if (!image.cat) { parts = image.lg; width = 100 / parts.length; }
  made.style.background = 'linear-gradient(90deg,' + parts.map(function (row, i) {
    return row[1] + ' ' + (i * width).toFixed(1) + '%,' + row[1] + ' ' + ((i + 1) * width).toFixed(1) + '%';
  }).join(',') + ')';
  return made;
}

// What lies outside of an atlas's unit is part of no figure, so it is pale; a model's picture ends at its units.
function drawVeil() {
  if (D.page.kind === 'own') { return null; }
  var box = L.bounds(IMAGES.map(function (image) { return image.b; }).reduce(function (all, b) {
    return all.concat([[b[0], b[1]], [b[2], b[3]]]);
  }, [])), edge = [[box.min.x, box.min.y], [box.min.x, box.max.y], [box.max.x, box.max.y], [box.max.x, box.min.y]];
  var rings = ringsOf(CHILDREN[D.page.scope] || []).reduce(function (all, polygon) { return all.concat(polygon); }, []);
  return L.polygon([edge.map(function (at) { return toDegrees(at[0], at[1]); })].concat(rings), {
    renderer: L.svg({ pane: 'p-veil', padding: 0.4 }), pane: 'p-veil', interactive: false, stroke: false, smoothFactor: 0.4,
    fillColor: '#ffffff', fillOpacity: 0.72, fillRule: 'evenodd', className: 'veil'
  });
}

function makeImages() {
  var veil = drawVeil();
  map.createPane('p-images').style.zIndex = 310;
  map.createPane('p-veil').style.zIndex = 315;
  IMAGES.forEach(function (image) {
    var held = byId(image.at), drawn = new ProjectedImage(held.getAttribute('href'), image.b, {
      pane: 'p-images', className: 'raster', zIndex: 1, size: [Number(held.getAttribute('width')), Number(held.getAttribute('height'))]
    });
    image.drawn = DRAWN[image.k] = drawn;
    drawn.on('add remove', function () {
      var any = IMAGES.some(function (other) { return map.hasLayer(other.drawn); });
      document.body.classList.toggle('with-image', any);
      if (veil && any) { veil.addTo(map); } else if (veil) { map.removeLayer(veil); }
    });
  });
}

function nameImages() {
  IMAGES.forEach(function (image) {
    var node = image.drawn.getElement();
    image.drawn.options.alt = say(LAYERS[image.l].t);
    if (node) { node.alt = image.drawn.options.alt; }
  });
}

// A picture hides what lies below it: one is on at a time, the one that was switched on last.
var IMAGE_ON = null;
TREE_TOP.push(function () {
  var on = IMAGES.filter(function (image) { return S.on[image.k]; });
  var last = on.filter(function (image) { return image.k !== IMAGE_ON; })[0] || on[0];
  on.forEach(function (image) { S.on[image.k] = image === last; });
  IMAGE_ON = last ? last.k : null;
  return null;
});

// Where no plan is shown, nothing is counted by whole counties.
STARTING.push(function () {
  document.body.classList.toggle('only-images', D.items.every(function (item) { return item.b === 'image'; }));
});
STARTING.push(makeImages);
SPEAKING.push(nameImages);

// The legend of a picture: steps with their numbers, from the highest; or classes with area and share.
function stepRow(row) {
  var box = el('i.swatch.step');
  box.style.background = row[1];
  return el('tr.step', el('td', box), el('td.cname', say(row[0])));
}

function classRow(image, row) {
  var made = stepRow(row), f = zonalOf(image, scope(), row[2]);
  made.className = '';
  made.appendChild(el('td.n', f ? cellArea(image, f.km2) : t('legend.none')));
  made.appendChild(el('td.n', f && f.share !== null ? share(f.share) : ''));
  return made;
}

function spanning(cell) {
  cell.colSpan = 4;
  return el('tr', cell);
}

function imageLegend(image) {
  var body = el('tbody.of-image'), title = el('td.layer', say(LAYERS[image.l].t)), note = el('td.note', say(image.n)), heads;
  if (!S.on[image.k]) { return null; }
  heads = el('tr.group', el('th', t(image.cat ? 'raster.classes' : 'raster.theme')),
    el('th.n', image.cat ? measureName() : ''), el('th.n', image.cat ? shareHead() : say(image.u)));
  heads.firstChild.colSpan = 2;
  body.appendChild(heads);
  body.appendChild(spanning(title));
  if (image.syn) { body.appendChild(spanning(el('td.note.synthetic', t('raster.synthetic')))); }
  body.appendChild(spanning(note));
  (image.cat ? image.lg : image.lg.slice().reverse()).forEach(function (row) {
    body.appendChild(image.cat ? classRow(image, row) : stepRow(row));
  });
  if (!image.cat && zonalOf(image, scope(), null)) { body.appendChild(spanning(el('td.note.whole', zonalLine(image, scope())))); }
  return body;
}

IMAGES.forEach(function (image) {
  LEGEND_PARTS.push(function () { return imageLegend(image); });
});
