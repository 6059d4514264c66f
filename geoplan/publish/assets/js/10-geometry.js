// From whole numbers to latitude and longitude: shared arcs, rings, shapes.
var SCALE = 100000;

function decode(flat) {
  var made = [], x = 0, y = 0, i;
  for (i = 0; i < flat.length; i += 2) {
    x += flat[i];
    y += flat[i + 1];
    made.push([y / SCALE, x / SCALE]);
  }
  return made;
}

var ARCS = D.arcs.map(decode);

function ring(numbers) {
  var made = [];
  numbers.forEach(function (n) {
    var arc = n < 0 ? ARCS[~n].slice().reverse() : ARCS[n];
    made = made.concat(made.length ? arc.slice(1) : arc);
  });
  return made;
}

var COUNTY_RINGS = {};
function countyRings(code) {
  var unit = UNITS[code];
  if (!COUNTY_RINGS[code]) {
    COUNTY_RINGS[code] = ((unit && unit.p) || []).map(function (polygon) { return polygon.map(ring); });
  }
  return COUNTY_RINGS[code];
}

function ringsOf(codes) {
  return codes.reduce(function (all, code) { return all.concat(countyRings(code)); }, []);
}

// For each arc the counties on its two sides; lines of cities and province follow.
function borders() {
  var sides = ARCS.map(function () { return []; }), made = { county: [], city: [], province: [] };
  D.units.forEach(function (u) {
    (u.p || []).forEach(function (polygon) {
      polygon.forEach(function (numbers) {
        numbers.forEach(function (n) { sides[n < 0 ? ~n : n].push(u); });
      });
    });
  });
  sides.forEach(function (pair, i) {
    var inside = pair.filter(function (u) { return u.in; });
    if (pair.length === 2 && pair[0].up === pair[1].up) { made.county.push(ARCS[i]); }
    if (pair.length === 2 && pair[0].up !== pair[1].up) { made.city.push(ARCS[i]); }
    if (pair.length === 1 && inside.length) { made.province.push(ARCS[i]); }
    if (pair.length === 1 && !inside.length) { made.county.push(ARCS[i]); }
  });
  return made;
}

function countiesOf(item) {
  var found = {};
  item.f.forEach(function (id) {
    var feature = FEATURES[item.l + '/' + id];
    (feature.at ? [] : feature.u).forEach(function (code) {
      (CHILDREN[code] || []).forEach(function (county) { found[county] = true; });
    });
  });
  return Object.keys(found).sort();
}

// Counties that a list names themselves: what lies somewhere in a city is marked at the city's name only.
function namedCounties(item) {
  return Object.keys(countByUnit(item)).filter(function (code) { return UNITS[code] && UNITS[code].p; }).sort();
}

function countByUnit(item) {
  var found = {};
  item.f.forEach(function (id) {
    FEATURES[item.l + '/' + id].u.forEach(function (code) { found[code] = (found[code] || 0) + 1; });
  });
  return found;
}

function boundsOf(code) {
  var counties = CHILDREN[code] || [];
  return L.latLngBounds(ringsOf(counties).reduce(function (all, polygon) {
    return all.concat(polygon[0]);
  }, []));
}

function shapeLayers(feature, options) {
  var shape = feature.g === undefined ? null : D.shapes[feature.g];
  if (!shape) { return []; }
  if (shape.t === 'line') {
    return [L.polyline(shape.v.map(decode), L.extend({}, options, { fill: false, dashArray: OWN ? ownDash(feature.c) : options.dashArray }))];
  }
  if (shape.t === 'polygon') {
    return [L.polygon(shape.v.map(function (p) { return p.map(decode); }), options)];
  }
  return shape.v.map(function (xy) {
    return L.circleMarker([xy[1] / SCALE, xy[0] / SCALE], L.extend({}, options, {
      radius: 5, fill: true, fillColor: ownHollow(feature.c) ? '#ffffff' : options.color, fillOpacity: 1,
      color: ownHollow(feature.c) ? options.color : '#ffffff', weight: ownHollow(feature.c) ? 2.5 : 1.5,
      dashArray: null, opacity: 1, pane: 'points', interactive: !OWN
    }));
  });
}
