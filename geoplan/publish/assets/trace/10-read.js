// What the page holds, and helpers.
var D = GEOPLAN, S = { lang: 0, all: {} };
var EXTENT_BASIS = { whole: 'geometry', delimited: 'geometry', indicative: 'indicative' };
// Places in the rows of features.
var F = { l: 0, id: 1, c: 2, zh: 3, en: 4, x: 5, s: 6, lines: 7, at: 8, members: 9, drawn: 10 };

function t(key, values) {
  var text = WORDS[key] ? WORDS[key][S.lang] : key.slice(key.indexOf('.') + 1);
  return text.replace(/\{(\w+)\}/g, function (whole, name) {
    return values && name in values ? values[name] : whole;
  });
}

function counted(key, n) { return t(n === 1 && WORDS[key + '.one'] ? key + '.one' : key, { n: n }); }

function say(p) { return p[S.lang] || p[0]; }

function colon(a, b) { return a + (S.lang ? ': ' : '：') + b; }

function joined(a, b) { return [a[0] + '：' + b[0], a[1] + ': ' + b[1]]; }

function places(rows, key) {
  var found = {};
  rows.forEach(function (row, i) { found[' ' + key(row)] = i; });
  return function (name) { var i = found[' ' + name]; return i === undefined ? -1 : i; };
}

function first(row) { return row[0]; }

var unitAt = places(D.units, first), layerAt = places(D.layers, first), classAt = places(D.classes, first);
var documentAt = places(D.documents, first);
var featureAt = places(D.features, function (f) { return D.layers[f[F.l]][0] + '/' + f[F.id]; });
var labelAt = places(D.labels, function (label) { return label.join('|'); });

// A unit with those above it; the counties in it.
var CHAINS = D.units.map(function (unit, i) {
  var chain = [];
  while (i >= 0) { chain.push(i); i = D.units[i][4]; }
  return chain;
});
var INSIDE = D.units.map(function () { return {}; });
CHAINS.forEach(function (chain, i) {
  if (D.units[i][5]) { chain.forEach(function (above) { INSIDE[above][i] = true; }); }
});

var OF_LABEL = {};
D.features.forEach(function (f, i) {
  var key = f[F.l] + '|' + f[F.c];
  (OF_LABEL[key] || (OF_LABEL[key] = [])).push(i);
});

function unitName(i) {
  var top = D.units.filter(function (unit) { return unit[4] < 0; })[0];
  var unit = i < 0 ? top : D.units[i];
  return unit ? [unit[1], unit[2]] : ['', ''];
}

function titleOf(row) { return [row[1], row[2]]; }

function labelName(at) {
  var label = D.labels[at], layer = titleOf(D.layers[label[0]]);
  return label[1] < 0 ? layer : joined(layer, titleOf(D.classes[label[1]]));
}

// Ids of rows stand in eight signs; those of no such form as they are, behind =.
function shortId(id) {
  var raw = '', i;
  if (!/^r[0-9a-f]{12}$/.test(id)) { return '=' + id; }
  for (i = 1; i < 13; i += 2) { raw += String.fromCharCode(parseInt(id.substr(i, 2), 16)); }
  return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_');
}

function longId(short) {
  var raw, id = 'r', i;
  if (short.charAt(0) === '=') { return short.slice(1); }
  raw = atob(short.replace(/-/g, '+').replace(/_/g, '/'));
  for (i = 0; i < raw.length; i += 1) { id += ('0' + raw.charCodeAt(i).toString(16)).slice(-2); }
  return id;
}

function membersOf(f) {
  var made = [], i;
  for (i = 0; i < f[F.members].length; i += 3) {
    made.push({ u: f[F.members][i], why: D.evidence[f[F.members][i + 1]], id: f[F.members][i + 2] });
  }
  return made;
}

function lineNumbers(text) { return text.split(' ').filter(function (n) { return /^\d+$/.test(n); }).map(Number); }
