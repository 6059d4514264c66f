// Views of listed maps: counties in the classes of one question, below everything else.
PANES.push(['view', 320]);
var VIEWS = index(D.views, 'id'), VIEW_DRAWN = null, COMBINED = ['together', 'compare', 'count'];

function isCombined() { return COMBINED.indexOf(D.page.kind) >= 0; }

function firstView() { return D.page.view || null; }

function viewNow() { return S.view ? VIEWS[S.view] : null; }

// What an address asks for: a view, none, or what the page opens with.
function knownView(wanted) {
  var known = D.views.some(function (view) { return view.id === wanted; });
  return wanted === 'none' ? null : known ? wanted : firstView();
}

S.view = firstView();
ADDRESS.push({
  key: 'view',
  read: function (value) {
    var wanted = knownView(value);
    if (READY && wanted !== S.view) { setView(wanted); } else { S.view = wanted; }
  },
  write: function () { return D.views.length && S.view !== firstView() ? S.view || 'none' : null; }
});
TREE_TOP.push(viewsBlock);
PANEL_TOP.push(viewPart);

function setView(id) {
  var before = viewHome(), after;
  S.view = id;
  after = viewHome();
  refresh();
  if (String(before) !== String(after)) { home(); }
  drawPanel();
  writeHash();
}

function viewChoice(id, label, more, status) {
  var box = document.createElement('input');
  box.type = 'radio';
  box.name = 'view';
  box.checked = S.view === id;
  box.setAttribute('data-items', 'view:' + (id || 'none'));
  box.onchange = function () { setView(id); };
  return el(withStatus('label', status), box, el('span.t', label, more ? el('small', more) : null, status ? ' ' : null, statusMark(status)));
}

// The list of views at the top of the tree, and the note of the map.
function viewsBlock() {
  var made = el('div.views'), set, kinds = ['compare', 'count'];
  if (D.page.note) { made.appendChild(el('p.note', say(D.page.note))); }
  if (D.views.length) {
    set = el('fieldset', el('legend', t('view.choose.' + (kinds.indexOf(D.page.kind) >= 0 ? D.page.kind : 'detail'))));
    D.views.forEach(function (view) { set.appendChild(viewChoice(view.id, say(view.t), view.th ? say(view.th) : '', viewStatus(view))); });
    set.appendChild(viewChoice(null, t('view.off')));
    made.appendChild(set);
  }
  return made.firstChild ? made : null;
}

function viewCodes(view, at) {
  return Object.keys(view.of).filter(function (code) { return view.of[code] === at; }).sort();
}

// The counties inside the scope of a view, where it is not the whole map's.
function viewHome() {
  var view = viewNow(), last = view ? view.classes.length - 1 : 0;
  if (!view || !view.classes[last].out) { return null; }
  return Object.keys(view.of).filter(function (code) { return view.of[code] !== last; }).sort();
}

function drawView() {
  var view = viewNow(), group;
  if (VIEW_DRAWN && VIEW_DRAWN.of === view) { return; }
  if (VIEW_DRAWN) { map.removeLayer(VIEW_DRAWN.group); VIEW_DRAWN = null; }
  if (!view) { return; }
  group = L.layerGroup();
  view.classes.forEach(function (band, at) {
    L.polygon(ringsOf(viewCodes(view, at)), inPane('view', {
      stroke: false, fillColor: viewColour(band), fillOpacity: view.area || isCombined() ? 0.95 : 0.6, className: 'view-fill'
    })).addTo(group);
  });
  VIEW_DRAWN = { of: view, group: group.addTo(map) };
}

// Outside a plan's scope there is no value: the grey of that state, whatever shows it.
function viewColour(band) { return band.out ? GREY : band.col; }

function viewSwatch(band) {
  var made = el('i.swatch.view' + (band.out ? '.out' : ''));
  made.style.background = viewColour(band);
  return made;
}

// Of the document that is counted, or whose divisions they are; a comparison has two sides.
function viewStatus(view) {
  var layer = D.page.kind === 'detail' ? LAYERS[view.id.split('/')[0]] : null;
  return view.d ? D.documents[view.d].st : layer ? layer.st : null;
}

// What a view is of, a document or a class, with its status.
function viewTitle(view) {
  var status = viewStatus(view);
  return el(withStatus('span.whence', status), view.d ? cite(view.d, '', '') : say(view.t), ' ', statusMark(status));
}

// A row for each class: counties, and where they are whole units their area and share.
function viewLegend() {
  var view = viewNow(), body = el('tbody.view'), inside = 0, head;
  if (!view) { return null; }
  head = el('tr.group', el('th', viewTitle(view)),
    el('th.n', view.area ? measureName() : ''), el('th.n', view.area ? t('legend.share') : ''));
  head.firstChild.colSpan = 2;
  body.appendChild(head);
  Object.keys(view.of).forEach(function (code) { inside += view.classes[view.of[code]].out ? 0 : UNITS[code].a; });
  view.classes.forEach(function (band, at) {
    var codes = viewCodes(view, at), n = counted('view.n', codes.length), km2 = 0, known = view.area && !band.out && codes.length, cells;
    codes.forEach(function (code) { km2 += UNITS[code].a; });
    cells = known ? [el('td.n', area(km2)), el('td.n', share(km2 / inside))] : [el('td.n', ''), el('td.n', view.area ? '' : n)];
    body.appendChild(el('tr', el('td', viewSwatch(band)), el('td.cname', say(band.t), ' ', view.area ? el('small', n) : null), cells[0], cells[1]));
  });
  head = el('td.note', view.area ? t('view.whole', { unit: viewUnit(view) }) : say(view.note));
  head.colSpan = 4;
  body.appendChild(el('tr', head));
  return body;
}

// Whose shares they are: a plan says nothing about what lies outside its scope.
function viewUnit(view) {
  var sc = view.d ? D.documents[view.d].sc : D.page.scope;
  if (!viewHome()) { return say(UNITS[D.page.scope].n); }
  return sc !== D.page.scope && UNITS[sc] ? say(UNITS[sc].n) : t('panel.document_scope');
}

// In the panel: what the view says of the county, and the names and sections behind it.
function viewPart(code) {
  var view = viewNow(), made, band, features;
  if (!view || !(code in view.of)) { return null; }
  band = view.classes[view.of[code]];
  features = (view.why[code] || []).map(function (at) { return D.features[at]; });
  made = el('section.part.here', el('h4', el('span.t', t('view.here')), el('span.tag', view.n && view.n[code] ? counted('view.count', view.n[code]) : say(band.t))));
  made.querySelector('h4').insertBefore(viewSwatch(band), made.querySelector('.tag'));
  made.appendChild(el('p.note', viewTitle(view)));
  if (D.page.sides && !band.out) {
    ['view.earlier', 'view.later'].forEach(function (key, side) {
      made.appendChild(el('h5', t(key)));
      made.appendChild(viewGroup(features.filter(function (f) { return D.page.sides[side].indexOf(LAYERS[f.l].d) >= 0; }), false));
    });
  } else if (features.length) {
    made.appendChild(viewGroup(features, view.n));
  }
  return made;
}

// The documents behind a view; of a comparison also those that do not name the class.
function viewDocuments() {
  var view = viewNow(), found = {};
  if (!view) { return []; }
  if (view.d) { found[view.d] = true; }
  (D.page.sides || []).forEach(function (side) { side.forEach(function (id) { found[id] = true; }); });
  Object.keys(view.why).forEach(function (code) {
    view.why[code].forEach(function (at) { found[LAYERS[D.features[at].l].d] = true; });
  });
  return Object.keys(found);
}

function viewGroup(features, byClass) {
  var made = el('div.why'), groups = {}, order = [], view = viewNow();
  if (!features.length) { return el('p.rest', t('view.neither')); }
  features.forEach(function (f) {
    var key = byClass ? f.c : '';
    if (!groups[key]) { groups[key] = []; order.push(key); }
    groups[key].push(f);
  });
  order.sort(function (a, b) { return a && b ? D.classes[a].o - D.classes[b].o : 0; });
  order.forEach(function (key) {
    if (key) { made.appendChild(el('p.what', el('b', say(D.classes[key].t)))); }
    byLayer(groups[key]).forEach(function (own) {
      var layer = LAYERS[own[0].l], block = key ? sectionBlock(own, say(D.classes[key].t)) : sourceBlock(layer, own, '');
      // The document of a count stands above with its mark.
      if (!view.d && layer.st && statusMark(layer.st)) { block.appendChild(statusMark(layer.st)); }
      made.appendChild(block);
    });
  });
  return made;
}

// All is of one document, which stands above: here only the section.
function sectionBlock(features, already) {
  var made = el('div.feature'), names = nameList(features, already), source = el('cite', features[0].s);
  source.lang = 'zh-CN';
  if (names) { made.appendChild(el('span.fname', names)); }
  made.appendChild(source);
  return made;
}

function byLayer(features) {
  var groups = [], found = {};
  features.forEach(function (f) {
    var key = f.l + '|' + f.s;
    if (!found[key]) { groups.push(found[key] = []); }
    found[key].push(f);
  });
  return groups;
}

// The number of a view beside the county's name.
function viewChip(code) {
  var view = viewNow();
  return view && view.n && view.n[code] ? el('i.chip.number', view.n[code]) : null;
}
