// Counties that nothing shown concerns: why. Plain land: a plan leaves them out. Grey: no plan is about them.
// Dots: it is not known, as nothing was supplied, or as the text does not go down to counties.
var COUNTY_STATES = { key: null, of: {}, group: null };
var SIGNS = { not_concerned: 'plain', out_of_scope: 'grey', said: 'dots', no_data: 'dots', not_by_county: 'dots' };
var GREY = '#dadedd', DOTS = 'url(#state-dots)', LAND = '#fdfcf8';

function shownLayers() {
  var seen = {};
  visible().forEach(function (item) { seen[item.l] = true; });
  return D.layers.filter(function (layer) { return seen[layer.id]; });
}

// The state of each county of the page's scope, as all layers shown give it together.
function countyStates() {
  var layers = shownLayers(), key = layers.map(function (layer) { return layer.id; }).join(' '), words;
  if (COUNTY_STATES.key === key) { return COUNTY_STATES.of; }
  COUNTY_STATES.key = key;
  COUNTY_STATES.of = {};
  words = D.features.filter(function (f) { return layers.indexOf(LAYERS[f.l]) >= 0; });
  if (layers.length) {
    (CHILDREN[D.page.scope] || []).forEach(function (code) {
      COUNTY_STATES.of[code] = combined(layers, code, function () {
        return words.some(function (f) { return isSaid(f, code); });
      });
    });
  }
  return COUNTY_STATES.of;
}

function drawStates() {
  var before = COUNTY_STATES.key, states = countyStates(), group;
  if (before === COUNTY_STATES.key && COUNTY_STATES.group) { return; }
  if (COUNTY_STATES.group) { map.removeLayer(COUNTY_STATES.group); }
  COUNTY_STATES.group = group = L.layerGroup().addTo(map);
  [['grey', GREY], ['dots', DOTS]].forEach(function (row) {
    var codes = Object.keys(states).filter(function (code) { return SIGNS[states[code]] === row[0]; });
    if (codes.length) {
      L.polygon(ringsOf(codes), inPane('states', { stroke: false, fillColor: row[1], fillOpacity: 1, className: 'state-fill ' + row[0] })).addTo(group);
    }
  });
}

function makeDots() {
  var ns = 'http://www.w3.org/2000/svg', pattern = document.createElementNS(ns, 'pattern');
  [['id', 'state-dots'], ['width', 10], ['height', 10], ['patternUnits', 'userSpaceOnUse']].forEach(function (pair) {
    pattern.setAttribute(pair[0], pair[1]);
  });
  [[2.5, 2.5], [7.5, 7.5]].forEach(function (at) {
    var mark = document.createElementNS(ns, 'circle');
    [['cx', at[0]], ['cy', at[1]], ['r', 0.7], ['fill', '#a9afb2']].forEach(function (pair) { mark.setAttribute(pair[0], pair[1]); });
    pattern.appendChild(mark);
  });
  document.querySelector('svg.patterns').appendChild(pattern);
}

function signSwatch(sign) {
  var made = el('i.swatch.sign'), ns = 'http://www.w3.org/2000/svg', svg, box;
  made.style.background = sign === 'grey' ? GREY : LAND;
  if (sign === 'dots') {
    svg = document.createElementNS(ns, 'svg');
    box = document.createElementNS(ns, 'rect');
    [['width', '100%'], ['height', '100%'], ['fill', DOTS]].forEach(function (pair) { box.setAttribute(pair[0], pair[1]); });
    svg.appendChild(box);
    made.appendChild(svg);
  }
  return made;
}

// With one reason for the dots, its own word; with several, what they have in common, and each below it.
function stateName(found) {
  var only = found.length === 1 ? found[0][0] : 'no_data', made = el('td.cname', t('state.' + only));
  if (found.length > 1) {
    made.appendChild(el('small', found.map(function (row) { return t('state.' + row[0]) + ' ' + row[1]; }).join(S.lang ? ', ' : '，')));
  }
  return made;
}

function stateRows() {
  var states = countyStates(), body = el('tbody.states'), counts = {}, head;
  Object.keys(states).filter(function (code) { return !S.selected || code === S.selected; }).forEach(function (code) {
    counts[states[code]] = (counts[states[code]] || 0) + 1;
  });
  head = el('th', t('legend.states'));
  head.colSpan = 4;
  ['plain', 'grey', 'dots'].forEach(function (sign) {
    var found = Object.keys(SIGNS).filter(function (state) { return SIGNS[state] === sign && counts[state]; })
      .map(function (state) { return [state, counts[state]]; });
    var n = found.reduce(function (sum, row) { return sum + row[1]; }, 0);
    if (!n) { return; }
    if (!body.firstChild) { body.appendChild(el('tr.group', head)); }
    body.appendChild(el('tr.' + sign, el('td', signSwatch(sign)), stateName(found), el('td.n', ''), el('td.n', S.selected ? '' : counted('view.n', n))));
  });
  return body.firstChild ? body : null;
}

// A layer of one's own says only where it is.
if (!OWN) { LEGEND_PARTS.push(stateRows); }
STARTING.push(makeDots);
