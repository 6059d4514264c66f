// Legend: what is shown now, with area and share within the current scope.
var LEGEND_FOLDED = false;

// Whose share a layer's figures are: a plan says nothing about what lies outside its scope.
function shareUnit(layer) {
  return layer.sc !== scope() && ancestors(layer.sc).indexOf(scope()) >= 0 ? layer.sc : scope();
}

function shareCell(item) {
  var f = figure(shareUnit(LAYERS[item.l]), item);
  return el('td.n', !f || f.share === null ? '' : share(f.share, item));
}

// Beside the layer's title, where the share is of another unit than the one at the head.
function shareMark(layer, items) {
  var code = shareUnit(layer);
  function known(item) { var f = figure(code, item); return item.l === layer.id && f && f.share !== null; }
  return code !== scope() && UNITS[code] && items.some(known) ? el('span.tag.whose', t('legend.share_of', { unit: say(UNITS[code].n) })) : null;
}

function shareHead() { return t(S.selected ? 'legend.share.county' : 'legend.share'); }

function figureCells(item) {
  var f = figure(scope(), item);
  if (!f) {
    return item.b === 'list' ? [el('td.n', ''), el('td.n', t('legend.none'))] : [el('td.n', t('legend.none')), el('td.n', '')];
  }
  if (hasNoArea()) { return ownCells(f); }
  if (item.b === 'indicative' && f.km !== null && f.km2 === null) {
    return [el('td.n', t('legend.about') + Number(f.km.toPrecision(2)) + ' ' + t('measure.km')), el('td.n', '')];
  }
  if (item.b === 'list' || f.km2 === null) {
    return [el('td.n', ''), el('td.n', t('legend.count', { n: f.n }))];
  }
  return [el('td.n', area(f.km2, item)), shareCell(item)];
}

function legendRow(item) {
  var c = cls(item), name = el('td.cname', say(c.t)), row;
  if (c.now) { name.appendChild(el('small', t('legend.today') + say(c.now))); }
  row = el('tr', el('td', swatch(item)), name);
  figureCells(item).forEach(function (cell) { row.appendChild(cell); });
  return row;
}

function legendGroup(title, items, figures) {
  var body = el('tbody'), last = null;
  var heads = !figures ? ['', ''] : hasNoArea() ? ownHeads() : [measureName(), shareHead()];
  var head = el('tr.group', el('th', title), el('th.n', heads[0]), el('th.n', heads[1]));
  head.firstChild.colSpan = 2;
  if (!items.length) { return null; }
  body.appendChild(head);
  items.forEach(function (item) {
    var cell, layer = LAYERS[item.l];
    if (item.l !== last) {
      cell = el('td.layer', say(layer.t), statusMark(layer.st), figures ? shareMark(layer, items) : null);
      cell.colSpan = 4;
      body.appendChild(el('tr', cell));
      last = item.l;
    }
    body.appendChild(legendRow(item));
  });
  return body;
}

function drawLegend() {
  var box = clear(byId('legend')), shown = visible(), table = el('table'), head, toggle, body;
  function of(basis) { return shown.filter(function (item) { return item.b === basis; }); }
  toggle = button('button.fold', '', function () { LEGEND_FOLDED = !LEGEND_FOLDED; drawLegend(); });
  toggle.setAttribute('aria-expanded', !LEGEND_FOLDED);
  toggle.setAttribute('aria-label', t('legend'));
  head = el('div.head', el('h2', t('legend')), el('span.scope', say(UNITS[scope()].n)), OWN ? null : el('span.tag', t('legend.county_level')), toggle);
  if (!OWN) { head.querySelector('.tag').title = t('legend.county_level.note'); }
  box.appendChild(head);
  if (LEGEND_FOLDED) { return; }
  body = el('div.body');
  // What scrolls has to be reached by keyboard.
  body.tabIndex = 0;
  body.setAttribute('role', 'group');
  body.setAttribute('aria-label', t('legend'));
  box.appendChild(body);
  [viewLegend(), legendGroup(t('panel.class'), of('geometry'), true), legendGroup(t('legend.list'), of('list'), false),
    legendGroup(t('indicative.group'), of('indicative'), true)].forEach(function (part) {
    if (part) { table.appendChild(part); }
  });
  added(LEGEND_PARTS, table);
  if (!table.firstChild) { body.appendChild(el('p.note', t('legend.empty'))); }
  body.appendChild(table);
  if (stopsKey()) { body.appendChild(stopsKey()); }
  if (OWN) { body.appendChild(ownStep()); }
  body.appendChild(lineKey());
}

function lineKey() {
  return el('p.lines', el('span', el('i.line.province'), t('level.province')), el('span', el('i.line.city'), t('level.city')),
    el('span', el('i.line.county'), t('level.county')));
}
