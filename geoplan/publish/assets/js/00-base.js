// State and helpers of maps.
var D = GEOPLAN, map = map_atlas, STATES = D.states, BASES = D.bases;
var S = { lang: 0, measure: 'km2', on: {}, selected: null };
var MEASURES = { km2: [1, 2], ha: [100, 0], '10k_mu': [0.15, 2], mu: [1500, 0] };
var NARROW = window.matchMedia('(max-width: 760px)');
var INDICATIVE_MAX_ZOOM = 10.5;

// What later files add to the page. Functions, called in order whenever that place is drawn:
// bodies for the table of the legend, what stands above the layers, what stands at the head of the
// county's panel (with its code); each returns a node or null. REPORTS add to a county's copy.
var LEGEND_PARTS = [], TREE_TOP = [], PANEL_TOP = [], REPORTS = [];
// Called once before the first drawing, and whenever the language or the unit of measure changes.
var STARTING = [], SPEAKING = [];
// Parts of the address: { key, read: function (value or null), write: function () -> value or null,
// follows: true where links to other maps take it along }. Read before the first drawing too: not READY then.
var ADDRESS = [];

function added(parts, box, value) {
  parts.forEach(function (part) {
    var made = part(value);
    if (made) { box.appendChild(made); }
  });
}

// Only reasons may come without words; any other key is in WORDS, or the build has failed.
function t(key, values) {
  var text, open = key.indexOf('reason.') === 0;
  if (!WORDS[key] && !open) { throw new Error('no words for ' + key); }
  text = WORDS[key] ? WORDS[key][S.lang] : key.slice('reason.'.length);
  return text.replace(/\{(\w+)\}/g, function (whole, name) {
    return values && name in values ? values[name] : whole;
  });
}

// With a number: one thing has a word of its own.
function counted(key, n) { return t(n === 1 ? key + '.one' : key, { n: n }); }

function colon(a, b) { return a + (S.lang ? ': ' : '：') + b; }

function bracketed(a, b) { return a + (S.lang ? ' (' + b + ')' : '（' + b + '）'); }

function say(p) { return p ? (p[S.lang] || p[0]) : ''; }

function button(spec, label, act) {
  var made = el(spec, label);
  made.type = 'button';
  made.onclick = act;
  return made;
}

function index(rows, key) {
  var found = {};
  rows.forEach(function (row) { found[row[key]] = row; });
  return found;
}

// Lists point to one another by place: here places become ids, which everything else reads.
// An object has ids that are numbers first: the order of classes is told apart.
var CLASS_IDS = D.class_ids;
D.features.forEach(function (f, i) {
  var layer = D.layers[f.l];
  f.id = f.id || '#' + i;
  f.l = layer.id;
  f.c = CLASS_IDS[f.c];
  f.x = D.extents[f.x];
  f.s = D.texts[f.s];
  f.u = f.u.map(function (at) { return D.units[at].c; });
  if (!f.u.length && f.x === 'statement') { f.u = [layer.sc]; }
  ['note', 'inf'].forEach(function (key) { if (key in f) { f[key] = D.texts[f[key]]; } });
});
D.items = D.items.map(function (r) {
  var made = { l: D.layers[r[0]].id, c: CLASS_IDS[r[1]], b: BASES[r[2]], d: r[4] === 1 };
  made.k = made.l + '|' + made.c + '|' + made.b;
  made.f = r[3].map(function (at) { return D.features[at].id; });
  return made;
});

var UNITS = index(D.units, 'c'), LAYERS = index(D.layers, 'id'), ITEMS = index(D.items, 'k');
var THEMES = index(D.themes, 'id'), FEATURES = {}, COVER = {}, CHILDREN = {};
D.features.forEach(function (f) { FEATURES[f.l + '/' + f.id] = f; });
D.claims.forEach(function (c) {
  if (typeof c.of !== 'string') { c.of = [D.layers[c.of[0]].id].concat(c.of.slice(1)).join('/'); }
  c.l = c.of.split('/')[0];
  c.s = D.texts[c.s];
  c.n = D.texts[c.n];
  if (!c.k) { c.k = 'unchecked'; c.st = 'not_checkable'; }
  c.d = LAYERS[c.l] ? LAYERS[c.l].d : null;
});
// Sides: layer, class, name, source, sentence, number of features.
D.conflicts.forEach(function (row) {
  row.s = row.s.map(function (at) {
    var name = at[2] === null ? null : D.texts[at[2]];
    return [at[0], at[1], name, [D.layers[at[0]].d, D.texts[at[3]], at[4]], at[5], at[6]];
  });
  [row.by, row.over].forEach(function (said) {
    if (Array.isArray(said)) { said.forEach(function (at) { at[1] = D.texts[at[1]]; at[2] = D.texts[at[2]]; }); }
  });
});
D.coverage.forEach(function (r) {
  var code = D.units[r[0]].c, unit = COVER[code] || (COVER[code] = {});
  unit[D.layers[r[1]].id + '|' + CLASS_IDS[r[2]] + '|' + BASES[r[3]]] = { km2: r[4], share: r[5], km: r[6], n: r[7] };
});
D.units.forEach(function (u, i) { u.i = i; });
D.layers.forEach(function (layer, i) { layer.states = D.states_of[i]; });
D.units.forEach(function (u) {
  var code = u.lv === 'county' ? u.c : null, at = u.c;
  while (code && at) {
    (CHILDREN[at] || (CHILDREN[at] = [])).push(code);
    at = UNITS[at] ? UNITS[at].up : null;
  }
});

function cls(item) { return D.classes[item.c] || { t: [item.c, item.c], col: '#888888', pat: 'solid' }; }

function figure(code, item) { return (COVER[code] || {})[item.k] || null; }

function area(km2, item) {
  var m = MEASURES[S.measure], value = km2 * m[0];
  if (item && item.b === 'indicative') { return t('legend.about') + Number(value.toPrecision(2)); }
  return value.toFixed(m[1]);
}

function share(part, item) {
  if (item && item.b === 'indicative') { return t('legend.about') + Math.round(100 * part) + '%'; }
  return (100 * part).toFixed(1) + '%';
}

function measureName() { return t('measure.' + S.measure); }

function cite(documentId, section, lines) {
  var d = D.documents[documentId], made = el('cite'), title;
  if (!d) { return el('cite', documentId); }
  if (OWN && S.lang) { return el('cite', d.t + (section ? ', ' + say(OWN.section) : '')); }
  title = (isPlan(d) ? '《' + d.t + '》' : d.t) + (d.no ? '（' + d.no + '）' : '') + (section ? '，' + section : '');
  made.appendChild(document.createTextNode(title));
  made.lang = 'zh-CN';
  if (lines && lines !== '0' && lines !== 0) { made.title = (S.lang ? 'line ' : '原文行号：') + lines; }
  return made;
}

// What has no period is no plan: another source of facts.
function isPlan(d) { return d.p[0] !== null; }

// A register that is no plan has no status, so it has no mark and no style of its own.
function statusMark(status) {
  return !status || status === 'in_force' ? null : el('em.mark.' + status, t('status.' + status));
}

function withStatus(spec, status) { return status ? spec + '.' + status : spec; }

function ancestors(code) {
  var found = [];
  while (code) { found.push(code); code = UNITS[code] ? UNITS[code].up : null; }
  return found;
}

// Where a feature with a shape of its own is, only the shape says. A whole city is its counties;
// what lies somewhere in a city, or in the province, is not known to lie in any one county of it.
function concerns(feature, code) {
  if (feature.at) { return feature.at.indexOf(code) >= 0; }
  if (feature.x === 'whole') { return ancestors(code).some(function (c) { return feature.u.indexOf(c) >= 0; }); }
  return feature.u.indexOf(code) >= 0;
}

// Said of a unit above this one: of the whole city or province, or of somewhere in it.
function saidAbove(feature, code) {
  var above = ancestors(code);
  if (feature.at || feature.x === 'whole' || concerns(feature, code)) { return false; }
  return feature.u.some(function (c) { return above.indexOf(c) >= 0; });
}

function inScope(feature) {
  var here = CHILDREN[D.page.scope] || [];
  if (feature.at) { return feature.at.some(function (code) { return here.indexOf(code) >= 0; }); }
  return feature.u.some(function (named) {
    return ancestors(D.page.scope).indexOf(named) >= 0 || ancestors(named).indexOf(D.page.scope) >= 0;
  });
}

function countInScope(item) {
  return item.f.filter(function (id) { return inScope(FEATURES[item.l + '/' + id]); }).length;
}

function isOn(item) { return !!S.on[item.k]; }
function visible() { return D.items.filter(isOn); }
function scope() { return S.selected || D.page.scope; }
