// Classes and pairs of the page, and helpers.
var D = GEOPLAN, SIDES = D.sides, PAIRS = {};
var S = { rows: '', columns: '', show: 'row', open: null };
var AREAL = '*';

D.pairs.forEach(function (row) { PAIRS[row[0] + ' ' + row[1]] = row[2]; });

function lang() { return document.documentElement.getAttribute('data-lang') === 'en' ? 1 : 0; }

function t(key, values) {
  if (!D.words[key]) { throw new Error('no words for ' + key); }
  return D.words[key][lang()].replace(/\{(\w+)\}/g, function (whole, name) {
    return values && name in values ? values[name] : whole;
  });
}

function counted(key, n) { return t(n === 1 ? key + '.one' : key, { n: n }); }

function say(p) { return p[lang()] || p[0]; }

// Places of the classes of a theme, or of those that have an area.
function chosen(key) {
  var found = [];
  SIDES.forEach(function (side, i) {
    if (key === AREAL ? side.net > 0 : side.th === key) { found.push(i); }
  });
  // Exact shapes stand together; their order is that of legends.
  return key === AREAL ? found.filter(isExact).concat(found.filter(function (i) { return !isExact(i); })) : found;
}

function isExact(place) { return SIDES[place].b === 'geometry'; }

// Places that share something with one of the others, and those that do not.
function meeting(places, others) {
  var made = { shown: [], left: [] };
  places.forEach(function (place) {
    var some = others.some(function (other) { return other !== place && between(place, other); });
    made[some ? 'shown' : 'left'].push(place);
  });
  return made;
}

// What is told of a pair, seen from its row: shares change places where the row is the second side.
function between(row, column) {
  var turned = row > column, found = PAIRS[turned ? column + ' ' + row : row + ' ' + column];
  if (!found) { return null; }
  return found.map(function (one) { return told(one, turned); });
}

function told(one, turned) {
  var made = { basis: one[0], id: one[1], n: one[2], at: [] }, f = one[3];
  if (f.length) {
    made.at = one[4].map(function (row) { return areas({ u: row[0], id: row[1] }, row.slice(2), turned); });
    return areas(made, f, turned);
  }
  made.at = one[4].map(function (place) { return { u: place }; });
  return made;
}

function areas(made, f, turned) {
  made.net = f[0];
  made.gross = f[1];
  made.row = f[turned ? 3 : 2];
  made.column = f[turned ? 2 : 3];
  made.unc = f[4];
  return made;
}

function hasGross(one) { return typeof one.gross === 'number' && km2(one.gross, one) !== km2(one.net, one); }

function km2(value, one) {
  return one.basis === 'indicative' || one.b === 'indicative' ?
    t('legend.about') + Number(value.toPrecision(2)) : value.toFixed(2);
}

function percent(value, one) {
  return one.basis === 'indicative' ? t('legend.about') + Number((100 * value).toPrecision(2)) + '%' : (100 * value).toFixed(1) + '%';
}
