// County panel: figures, layers over the county with their sources, statements, claims.
function featuresOn(layer, code) {
  return D.features.filter(function (f) { return f.l === layer.id && f.x !== 'statement' && concerns(f, code); });
}

// 'silent': the page has not all of the layer, so it cannot say that nothing of it is here.
function stateOf(layer, code) {
  var state = STATES[layer.states.charAt(UNITS[code].i)];
  return state === 'not_concerned' && isPartial(layer) ? 'silent' : state;
}

function panelRow(layer, item, code, shown) {
  var f = figure(code, item), made = el('div.entry'), title = el('p.what', swatch(item), el('b', say(cls(item).t)));
  var own = shown.filter(function (x) { return item.f.indexOf(x.id) >= 0; }), known = f && f.km2 !== null && item.b !== 'list';
  if (!f && !own.length) { return null; }
  if (item.b === 'indicative') { title.appendChild(el('em.mark', t('indicative'))); }
  if (cls(item).now) { title.appendChild(el('small', ' ' + t('legend.today') + say(cls(item).now))); }
  made.appendChild(title);
  if (OWN && f) {
    made.appendChild(ownFigures(f));
  } else if (known) {
    made.appendChild(el('p.figures', area(f.km2, item) + ' ' + measureName(), ' ', f.share === null ? null : el('span', t('legend.share.county') + ' ' + share(f.share, item))));
  } else if (f && f.km !== null && item.b === 'indicative') {
    made.appendChild(el('p.figures', t('legend.about') + Number(f.km.toPrecision(2)) + ' ' + t('measure.km')));
  } else {
    made.appendChild(el('p.figures', t('extent.' + (own.length ? own[0].x : 'within')) + ' · ' + t('legend.count', { n: f && f.n || own.length })));
  }
  if (f) { addTrace(made.lastChild, coverageRef(item, code), colon(say(layer.t), say(cls(item).t))); }
  bySection(own).forEach(function (group) {
    made.appendChild(sourceBlock(layer, group, say(cls(item).t)));
    if (group.length === 1 && (own.length > 1 || !f)) { addTrace(made.lastChild, featureRef(group[0]), say(group[0].n)); }
    marksOf(group, say(layer.note)).forEach(function (mark) { made.appendChild(el('p.note', mark)); });
  });
  return made;
}

// What has to be said of features: stops, why a unit is concluded, notes; each once, and not what the layer has said.
function marksOf(features, already) {
  var all = [];
  features.forEach(function (f) {
    if (f.pl) { all.push(t('panel.stops') + f.pl); }
    if (f.inf) { all.push(t('panel.inferred') + say(f.inf)); }
    if (f.note) { all.push(say(f.note)); }
  });
  return all.filter(function (mark, i) { return mark !== already && all.indexOf(mark) === i; });
}

// Layers of a user may have thousands of features in a county: the first names stand for all.
var MOST_NAMES = 20;
function nameList(features, already) {
  var names = features.map(function (f) { return say(f.n); }).filter(function (n, i, all) { return n !== already && all.indexOf(n) === i; });
  var text = names.slice(0, MOST_NAMES).join(S.lang ? '; ' : '、');
  return names.length > MOST_NAMES ? text + (S.lang ? '; ' : '') + t('panel.more_names', { n: features.length }) : text;
}

function bySection(features) {
  var groups = [], found = {};
  // What is marked stands alone, so that its mark is not read as another's; the same marks may stand together.
  features.forEach(function (f) {
    var key = [f.s, f.pl || '', f.inf ? f.inf[0] : '', f.note ? f.note[0] : ''].join('|');
    if (!found[key]) { groups.push(found[key] = []); }
    found[key].push(f);
  });
  return groups;
}

// Features of one section share one citation.
function sourceBlock(layer, features, already) {
  var made = el('div.feature'), names = nameList(features, already);
  var lines = linesOf(features);
  if (names) { made.appendChild(el('span.fname', names)); }
  made.appendChild(source(layer.d, features[0].s, lines, features.map(function (f) { return f.q; })));
  return made;
}

function linesOf(features) {
  return features.map(function (f) { return f.ln; }).filter(function (n, i, all) { return n && all.indexOf(n) === i; }).join(', ');
}

function layerEntry(layer, code, vague) {
  var shown = featuresOn(layer, code), made = el(withStatus('div.of', layer.st)), any = false;
  made.appendChild(el('h5', say(layer.t), ' ', statusMark(layer.st)));
  if (layer.note) { made.appendChild(el('p.note', say(layer.note))); }
  D.items.forEach(function (item) {
    var row = item.l === layer.id && (item.b === 'indicative') === vague ? panelRow(layer, item, code, shown) : null;
    if (row) { made.appendChild(row); any = true; }
  });
  return any ? made : null;
}

function indicativeEntry(layers, code) {
  var body = el('div.vague-part', el('h5.vague-title', t('indicative.group'))), any = false;
  layers.forEach(function (layer) {
    var made = stateOf(layer, code) === 'concerned' ? layerEntry(layer, code, true) : null;
    if (made) { body.appendChild(made); any = true; }
  });
  return any ? body : null;
}

// A layer of indicators says nothing about places.
function says(layer) {
  return layer.k === 'slot' || D.features.some(function (f) { return f.l === layer.id; });
}

function saysOnly(layer) {
  var own = D.features.filter(function (f) { return f.l === layer.id; });
  return own.every(function (f) { return f.x === 'statement'; });
}

// Why there is nothing: an empty slot has no data; a text may not go down to counties.
function restOf(layer, state) {
  if (state !== 'no_data') { return state; }
  return layer.k === 'slot' ? 'no_data.slot' : 'not_by_county';
}

var RESTS = ['not_concerned', 'out_of_scope', 'no_data.slot', 'not_by_county'];
function themeEntry(theme, code) {
  var layers = D.layers.filter(function (layer) { return layer.th === theme.id && says(layer) && !(isCombined() && isPartial(layer)); }), rest = {}, body = el('div'), vague, why;
  var others = theme.id === relatedTheme() ? D.layers.filter(isCombined() ? isPartial : function (layer) { return layer.th !== theme.id; }) : [];
  var related = relatedEntries(others, code);
  var below = statementsFor(code).map(function (f) { return f.l; });
  if (!layers.length) { return null; }
  layers.forEach(function (layer) {
    var state = stateOf(layer, code), made = state === 'concerned' ? layerEntry(layer, code, false) : null;
    if (made) { body.appendChild(made); }
    if (state !== 'concerned' && !(saysOnly(layer) && below.indexOf(layer.id) >= 0)) {
      why = restOf(layer, state);
      (rest[why] || (rest[why] = [])).push(say(layer.t));
    }
  });
  if (related) { body.appendChild(related); }
  vague = indicativeEntry(layers, code);
  if (vague) { body.appendChild(vague); }
  RESTS.forEach(function (state) {
    if (rest[state]) {
      body.appendChild(el('p.rest', el('span.state.' + state.split('.')[0], t('state.' + state)), rest[state].join(S.lang ? '; ' : '、')));
    }
  });
  if (!body.firstChild) { body.appendChild(el('p.rest', t('panel.see_statements'))); }
  return part(theme, body, headState(theme, layers, code, !!related), placed(layers.concat(others), code));
}

// Classes of other themes that this page's theme shows too: of their layers the page has only these,
// so it says where they are and nothing about where they are not.
function relatedEntries(layers, code) {
  var made = el('div', el('h5.related', t('layers.related'))), any = false;
  layers.forEach(function (layer) {
    var entry = stateOf(layer, code) === 'concerned' ? layerEntry(layer, code, false) : null;
    if (entry) { made.appendChild(entry); any = true; }
  });
  return any ? made : null;
}

// A map of a theme holds its theme only: the overview has all of them.
function elsewhere(code) {
  var link = el('a', t('elsewhere')), text = hashText(code);
  link.href = 'overview.html' + (text ? '#' + text : '');
  return el('p.elsewhere', link);
}

// What several layers say of a unit together: the most that any says, out of scope only where all are.
// said() tells whether their texts speak of it without a place.
function combined(layers, code, said) {
  var states = {};
  layers.forEach(function (layer) { states[stateOf(layer, code)] = true; });
  if (states.concerned) { return 'concerned'; }
  if (said()) { return 'said'; }
  if (states.no_data) {
    return layers.every(function (layer) { return layer.k === 'slot' || stateOf(layer, code) !== 'no_data'; }) ? 'no_data' : 'not_by_county';
  }
  if (states.not_concerned) { return 'not_concerned'; }
  return states.silent ? 'silent' : 'out_of_scope';
}

function headState(theme, layers, code, related) {
  return related ? 'concerned' : combined(layers, code, function () {
    return statementsFor(code).some(function (f) { return LAYERS[f.l].th === theme.id; });
  });
}

// How many things the plans place here: whole, in it, through it.
function placed(layers, code) {
  if (OWN) { return ownCount(code); }
  return layers.reduce(function (n, layer) { return n + (stateOf(layer, code) === 'concerned' ? featuresOn(layer, code).length : 0); }, 0);
}

// One theme is open at first, that of the page; what a reader opens stays open from county to county.
function part(theme, body, state, n) {
  var key = 'part:' + theme.id, mark = el('span.state.' + state, t('state.' + state)), made, head;
  var first = D.page.theme ? theme.id === D.page.theme : !D.views.length && theme.id === D.themes[0].id;
  var toggle = button('button.fold', '', function () {
    OPEN[key] = toggle.getAttribute('aria-expanded') !== 'true';
    apply(OPEN[key]);
  });
  function apply(on) {
    toggle.setAttribute('aria-expanded', on);
    body.hidden = !on;
  }
  head = el('h4', el('span.t', say(theme.t)), n ? el('small', OWN ? counted('own.pieces', n) : t('panel.count', { n: n })) : null, mark, toggle);
  head.onclick = function (event) { if (event.target !== toggle) { toggle.click(); } };
  toggle.setAttribute('aria-label', say(theme.t));
  made = el('section.part', head, body);
  apply(key in OPEN ? OPEN[key] : first);
  return made;
}

// Statements that name the county come first; those of its city or province are one line each.
function statementsFor(code) { return D.features.filter(function (f) { return isSaid(f, code); }); }

function isSaid(f, code) { return saidAbove(f, code) || (f.x === 'statement' && concerns(f, code)); }

// The unit that a statement is of, as seen from the county: itself, its city or the province.
function spokenOf(f, code) {
  return ancestors(code).filter(function (c) { return f.u.indexOf(c) >= 0; })[0];
}

function statementBlocks(code) {
  var made = el('div'), groups = {}, order = ancestors(code);
  statementsFor(code).forEach(function (f) {
    var key = order.indexOf(spokenOf(f, code)) + '|' + LAYERS[f.l].d;
    (groups[key] || (groups[key] = [])).push(f);
  });
  Object.keys(groups).sort().forEach(function (key) {
    var bits = key.split('|'), d = D.documents[bits[1]], place = say(UNITS[order[bits[0]]].n);
    var head = el('summary', t('panel.statements', { n: groups[key].length, scope: place }), ' ', statusMark(d.st), ' ', el('small', d.t));
    made.appendChild(el('details.said', head, statementList(groups[key], bits[1])));
  });
  return made;
}

function statementList(features, id) {
  var body = el('div'), themes = D.themes.filter(function (theme) {
    return features.some(function (f) { return LAYERS[f.l].th === theme.id; });
  });
  themes.forEach(function (theme) {
    var list = el('ul');
    features.forEach(function (f) {
      if (LAYERS[f.l].th === theme.id) { list.appendChild(addTrace(el('li', el('span.fname', say(f.n)), source(id, f.s, f.ln, [f.q])), featureRef(f), say(f.n))); }
    });
    body.appendChild(el('h5', say(theme.t)));
    body.appendChild(list);
  });
  return body;
}

function unitHead(u) {
  var m = MEASURES[S.measure], city = UNITS[u.up], close, other, head;
  close = button('button.close', '×', function () { select(null, false); });
  close.setAttribute('aria-label', t('panel.close'));
  other = el('span.sub', u.n[1 - S.lang]);
  other.lang = S.lang ? 'zh-CN' : 'en';
  head = el('div.head', el('h2', say(u.n)), ' ', other, copyButton(u.c), close);
  return el('div', head,
    el('p.facts', el('span', city ? say(city.n) : ''), ' ', el('span', t('panel.code') + ' ' + u.c)),
    el('p.area', el('b', area(u.a)), ' ± ' + (u.u * m[0]).toFixed(S.measure === 'km2' ? 1 : m[1]) + ' ' + measureName(),
      el('small', t('panel.ellipsoidal') + ' · ± ' + t('panel.uncertainty'))),
    button('button.link', t('panel.zoom'), function () { show(u.c); }));
}

function drawPanel() {
  var box = clear(byId('panel')), u = S.selected ? UNITS[S.selected] : null;
  document.body.classList.toggle('has-panel', !!u);
  if (!u) {
    box.appendChild(el('p.note', t('panel.empty')));
    return;
  }
  box.appendChild(unitHead(u));
  if (!OWN) { box.appendChild(el('p.tagline', el('span.tag', t('legend.county_level')), ' ', t('legend.county_level.note').replace(/^[^：:]*[：:]\s*/, ''))); }
  [functionBlock(u.c), matterBlock(u.c)].forEach(function (part) { if (part) { box.appendChild(part); } });
  if (!OWN && (D.page.theme || isCombined())) { box.appendChild(elsewhere(u.c)); }
  added(PANEL_TOP, box, u.c);
  D.themes.forEach(function (theme) {
    var made = D.page.theme && theme.id !== D.page.theme ? null : themeEntry(theme, u.c);
    if (made) { box.appendChild(made); }
  });
  [findingBlock(u.c), claimBlock(u.c), indicatorBlock(u.c), statementBlocks(u.c)].forEach(function (part) { if (part) { box.appendChild(part); } });
  if (D.atlas.bare) { box.appendChild(el('p.note', t('quote.left_out'))); }
  box.scrollTop = 0;
}
