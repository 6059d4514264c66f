// What lies behind a cell: counties with areas and shares, both sources, links to the rows.
function openDetail(row, column, move) {
  var box = clear(byId('m-detail')), pair = row === column ? null : between(row, column), title;
  S.open = [row, column];
  title = el('h3', say(SIDES[row].t) + (row === column ? '' : ' × ' + say(SIDES[column].t)));
  title.id = 'm-detail-title';
  box.appendChild(closer());
  box.appendChild(title);
  if (row === column) { box.appendChild(ownDetail(SIDES[row])); }
  (pair || []).forEach(function (one) { box.appendChild(pairDetail(one, row, column)); });
  box.appendChild(sources(row === column ? [row] : [row, column]));
  box.hidden = false;
  mark();
  if (move) { box.focus({ preventScroll: true }); box.scrollIntoView({ block: 'nearest' }); }
}

function closer() {
  var made = el('button.close', '×');
  made.type = 'button';
  made.setAttribute('aria-label', t('matrix.close'));
  made.onclick = closeDetail;
  return made;
}

function closeDetail() {
  var at = S.open ? S.open.join(' ') : '', from = document.querySelector('#m-table [data-at="' + at + '"]');
  S.open = null;
  byId('m-detail').hidden = true;
  mark();
  if (from) { from.focus(); }
}

function mark() {
  var at = S.open ? S.open.join(' ') : null;
  Array.prototype.forEach.call(document.querySelectorAll('#m-table button'), function (one) {
    one.setAttribute('aria-pressed', one.getAttribute('data-at') === at);
  });
}

function ownDetail(side) {
  var made = el('p', t('basis.' + side.b) + ' · ' + counted('matrix.units', side.n));
  if (side.net) { made.appendChild(document.createTextNode(' · ' + t('matrix.net') + ' ' + km2(side.net, side))); }
  if (side.net && hasGross(side)) { made.appendChild(document.createTextNode(' · ' + t('matrix.gross') + ' ' + km2(side.gross, side))); }
  return made;
}

function pairDetail(one, row, column) {
  var unsure = one.unc ? ' · ' + t('matrix.uncertainty', { u: Number((100 * one.unc).toPrecision(2)) }) : '';
  var made = el('div', el('p', t('basis.' + one.basis) + ' · ' + counted('matrix.units', one.n) + unsure + ' · ', traceLink(one.id, t('matrix.total'))));
  if (one.net) {
    made.appendChild(areaTable(one, row, column));
    if (hasGross(one)) { made.appendChild(el('p.note', t('matrix.gross.note'))); }
  } else {
    made.appendChild(el('p.note', t(D.listed ? 'matrix.listed.note' : 'matrix.listed.none')));
    made.appendChild(el('p', one.at.map(function (place) { return say(D.units[place.u]); }).join(lang() ? ', ' : '、')));
  }
  return made;
}

// Rows of overlaps have a page that says where they come from.
function traceLink(id, name) {
  var made = el('a.trace', t('trace.link'));
  made.href = traceAddress('overlaps:' + id, lang());
  made.setAttribute('aria-label', t('trace.link.of', { name: name }));
  return made;
}

function areaTable(one, row, column) {
  var head = el('tr', el('th', t('matrix.unit')), el('th.n', t(hasGross(one) ? 'matrix.net' : 'matrix.area')));
  var body = el('tbody'), box, table;
  if (hasGross(one)) { head.appendChild(el('th.n', t('matrix.gross'))); }
  [row, column].forEach(function (place) { head.appendChild(el('th.n', t('matrix.share', { name: say(SIDES[place].t) }))); });
  head.appendChild(el('th', t('matrix.source')));
  one.at.forEach(function (part) { body.appendChild(areaLine(one, part, say(D.units[part.u]))); });
  body.appendChild(areaLine(one, one, t('matrix.total')));
  table = el('table', el('thead', head), body);
  box = el('div.m-scroll', table);
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-labelledby', 'm-detail-title');
  return box;
}

function areaLine(one, part, name) {
  var like = { basis: one.basis }, made = el('tr', el('th', name), el('td.n', km2(part.net, like)));
  made.firstChild.scope = 'row';
  if (part === one) { made.className = 'total'; }
  if (hasGross(one)) { made.appendChild(el('td.n', km2(part.gross, like))); }
  made.appendChild(el('td.n', percent(part.row, like)));
  made.appendChild(el('td.n', percent(part.column, like)));
  made.appendChild(el('td', traceLink(part.id, name)));
  return made;
}

function sources(places) {
  var list = el('ul');
  places.forEach(function (place) {
    var cited = el('cite', SIDES[place].src);
    cited.lang = 'zh-CN';
    list.appendChild(el('li', say(SIDES[place].t) + (lang() ? ': ' : '：'), cited, ' ', status(SIDES[place])));
  });
  return el('div.m-sources', el('b', t('matrix.source')), list);
}
