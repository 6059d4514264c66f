// Layer tree: theme, layer, class. Indicative shapes are a group of their own at the end.
// The same pattern as on the map fills the swatch.
function swatch(item) {
  var made = el('i.swatch.' + item.b), colour = cls(item).col, ns = 'http://www.w3.org/2000/svg', svg, box;
  if (item.image) { return imageSwatch(item.image); }
  if (hasNoArea()) { return ownSwatch(item); }
  if (isOutline(item)) {
    made.style.boxShadow = 'inset 0 0 0 3px ' + colour;
  } else if (item.b === 'indicative') {
    made.style.borderColor = colour;
    made.style.background = colour + '2b';
  } else if (item.b === 'geometry' && !isHatched(item)) {
    made.style.background = colour;
  } else {
    svg = document.createElementNS(ns, 'svg');
    box = document.createElementNS(ns, 'rect');
    box.setAttribute('width', '100%');
    box.setAttribute('height', '100%');
    box.setAttribute('fill', 'url(#' + patternId(item) + ')');
    svg.setAttribute('viewBox', '0 0 27 18');
    if (!listed('named', item)) { svg.appendChild(box); }
    if (item.b === 'list') { svg.appendChild(dot(item, ns)); }
    made.appendChild(svg);
  }
  return made;
}

// What marks a list beside a county's name: a dot, or a square for what passes through.
function dot(item, ns) {
  var passes = FEATURES[item.l + '/' + item.f[0]].x === 'passes', made = document.createElementNS(ns, 'rect');
  [['x', 9], ['y', 4.5], ['width', 9], ['height', 9], ['rx', passes ? 1 : 4.5], ['stroke', '#fff'], ['stroke-width', 1.5],
    ['fill', cls(item).col]].forEach(function (pair) { made.setAttribute(pair[0], pair[1]); });
  return made;
}

function check(label, items, extra) {
  var box = document.createElement('input'), on = items.filter(isOn).length, row;
  box.type = 'checkbox';
  box.checked = on > 0 && on === items.length;
  box.indeterminate = on > 0 && on < items.length;
  box.onchange = function () {
    items.forEach(function (item) { S.on[item.k] = box.checked; });
    refresh();
  };
  box.setAttribute('data-items', items.map(function (item) { return item.k; }).join(' '));
  row = el('label', box);
  extra.concat([el('span.t', label)]).forEach(function (part) { if (part) { row.appendChild(part); } });
  return row;
}

function layerStatements(layer) {
  return D.features.filter(function (f) { return f.l === layer.id && f.x === 'statement'; });
}

function layerBlock(layer, items) {
  var made = el(withStatus('li.layer', layer.st)), title, said = layerStatements(layer).length, notes = [];
  if (!items.length) {
    title = el('p.bare', el('span.t', say(layer.t)), statusMark(layer.st));
  } else {
    title = el('p', check(say(layer.t), items, items.length === 1 ? [swatch(items[0])] : []), statusMark(layer.st));
  }
  if (layer.note) { title.title = say(layer.note); }
  made.appendChild(title);
  if (items.length > 1) { made.appendChild(classList(items)); }
  if (items.length === 1) { notes.push(say(cls(items[0]).t)); }
  if (items.length === 1 && items[0].b === 'list') { notes.push(t('legend.count', { n: countInScope(items[0]) })); }
  if (!items.length && layer.k === 'slot') { notes.push(t('layer.empty')); }
  if (said) { notes.push(t('layer.statements', { n: said })); }
  if (notes.length) { made.appendChild(el('p.note', notes.join(' · '))); }
  return made;
}

function classList(items) {
  var list = el('ul.classes');
  items.forEach(function (item) {
    var row = check(say(cls(item).t), [item], [swatch(item)]);
    if (item.b === 'list') { row.appendChild(el('small', t('legend.count', { n: countInScope(item) }))); }
    list.appendChild(el('li', row));
  });
  return list;
}

// Items of other themes that this page's theme shows too stand with it, and nowhere else.
function isRelated(item) { return D.page.also.indexOf(item.k) >= 0; }

// Layers of which the page has some classes only: they say where these are, and nothing of where they are not.
// They stand with the page's theme, or with the first that the page shows wholly.
function isPartial(layer) { return layer.part === 1; }

function relatedTheme() {
  var whole = D.themes.filter(function (theme) {
    return D.layers.some(function (layer) { return layer.th === theme.id && !isPartial(layer); });
  });
  return D.page.theme || !isCombined() || !whole.length ? D.page.theme : whole[0].id;
}

function ofLayer(items, layer) { return items.filter(function (item) { return item.l === layer.id; }); }

var OPEN = {};
function themeBlock(theme, first) {
  var layers = D.layers.filter(function (layer) { return layer.th === theme.id; });
  var items = D.items.filter(function (item) { return LAYERS[item.l].th === theme.id && item.b !== 'indicative' && !isRelated(item); });
  var related = theme.id === relatedTheme() ? D.items.filter(isRelated) : [], body = el('ul.layers'), made;
  if (!layers.length) { return null; }
  layers.forEach(function (layer) {
    var own = ofLayer(items, layer);
    if (own.length || !ofLayer(D.items, layer).length) { body.appendChild(layerBlock(layer, own)); }
  });
  if (related.length) { body.appendChild(el('li.related', t('layers.related'))); }
  D.layers.forEach(function (layer) {
    var own = ofLayer(related, layer);
    if (own.length) { body.appendChild(layerBlock(layer, own)); }
  });
  if (!body.firstChild) { return null; }
  items = items.concat(related);
  made = section('theme:' + theme.id, check(say(theme.t), items, []), body, first || items.some(isOn));
  return made;
}

function indicativeBlock() {
  var items = D.items.filter(function (item) { return item.b === 'indicative'; }), body = el('ul.layers');
  if (!items.length) { return null; }
  D.layers.forEach(function (layer) {
    var own = ofLayer(items, layer);
    if (!own.length) { return; }
    body.appendChild(el(withStatus('li.layer', layer.st), el('p', check(say(layer.t), own, []), statusMark(layer.st)), classList(own)));
  });
  return section('indicative', check(t('indicative.group'), items, []), el('div', el('p.note', t('indicative.note')), body), items.some(isOn));
}

function section(id, head, body, open) {
  var shown = id in OPEN ? OPEN[id] : open, made = el('section.theme');
  var toggle = button('button.fold', '', function () {
    OPEN[id] = toggle.getAttribute('aria-expanded') !== 'true';
    apply(OPEN[id]);
  });
  function apply(on) {
    toggle.setAttribute('aria-expanded', on);
    body.hidden = !on;
  }
  toggle.setAttribute('aria-label', head.textContent);
  made.appendChild(el('h3', head, toggle));
  made.appendChild(body);
  apply(shown);
  OPEN[id] = shown;
  return made;
}

function drawTree() {
  var tree = byId('tree'), focus = document.activeElement, key, again;
  key = focus && tree.contains(focus) ? focus.getAttribute('data-items') : null;
  clear(tree);
  added(TREE_TOP, tree);
  D.themes.forEach(function (theme) {
    var made = themeBlock(theme, theme.id === D.page.theme);
    if (made) { tree.appendChild(made); }
  });
  again = indicativeBlock();
  if (again) { tree.appendChild(again); }
  tree.appendChild(el('p.note', t('layers.note')));
  if (!OWN && (D.page.theme || isCombined())) { tree.appendChild(elsewhere(null)); }
  if (key) {
    Array.prototype.forEach.call(tree.querySelectorAll('input'), function (box) {
      if (box.getAttribute('data-items') === key) { box.focus(); }
    });
  }
}
