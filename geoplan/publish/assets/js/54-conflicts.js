// Matters to coordinate: both sides with their sources, by grade; never a verdict.
var GRADES = ['breaks', 'coordinate', 'attention', 'compatible'];

function mattersOf(code) {
  return D.conflicts.filter(function (row) { return row.u === UNITS[code].i; });
}

function sideName(side) {
  var c = D.classes[CLASS_IDS[side[1]]], names = [say(D.layers[side[0]].t)];
  if (c) { names.push(say(c.t)); }
  if (side[2] && names.indexOf(say(side[2])) < 0) { names.push(say(side[2])); }
  return names.reduce(colon);
}

function matterSide(side) {
  var c = CLASS_IDS[side[1]], layer = D.layers[side[0]], at = side[3];
  return el('div.side', el('p.what', c ? block(c) : null, el('b', sideName(side)), ' ', statusMark(layer.st)),
    source(at[0], at[1], at[2], [side[4]]));
}

function matterArea(row) {
  var item = { b: BASES[row.b] };
  if (row.km2 === undefined || item.b === 'list') { return null; }
  return t('conflicts.area') + ' ' + area(row.km2, item) + ' ' + measureName();
}

function matterShare(row) {
  return row.sh === undefined || BASES[row.b] === 'list' ? null : t('legend.share.county') + ' ' + share(row.sh, { b: BASES[row.b] });
}

// What reconciles, or overrules: features that are cited, or words.
function reasonBlock(key, said) {
  var made = el('div.reason', el('b', t(key)));
  if (typeof said === 'string') { made.appendChild(el('span', said)); return made; }
  if (!said.length) { made.appendChild(el('span', t('conflicts.elsewhere'))); }
  said.forEach(function (row) {
    made.appendChild(el('span', say(row[1])));
    made.appendChild(source(D.layers[row[0]].d, row[2], row[3], [row[4]]));
  });
  return made;
}

function matterRow(row) {
  var bits = [matterArea(row), matterShare(row)].filter(Boolean), made;
  made = el('li', matterSide(row.s[0]), el('p.with', t('conflicts.with')), matterSide(row.s[1]));
  made.appendChild(el('p.figures', el('span.tag', t('basis.' + BASES[row.b]))));
  bits.forEach(function (bit) {
    made.lastChild.appendChild(document.createTextNode(' '));
    made.lastChild.appendChild(el('span', bit));
  });
  if (row.by !== undefined) { made.appendChild(reasonBlock('conflicts.reconciled', row.by)); }
  if (row.over !== undefined) { made.appendChild(reasonBlock('conflicts.overruled', row.over)); }
  return made;
}

function matterBlock(code) {
  var own = mattersOf(code), body = el('div'), made;
  if (!D.atlas.rules && !OWN) { return el('p.rest', el('span.state.no_data', t('state.no_data')), colon(t('conflicts'), t('conflicts.no_rules'))); }
  if (!own.length) { return null; }
  GRADES.forEach(function (grade) {
    var rows = own.filter(function (row) { return row.g === grade; }), list = el('ul.matters');
    if (!rows.length) { return; }
    rows.forEach(function (row) { list.appendChild(matterRow(row)); });
    body.appendChild(el('h5', el('span.finding.' + grade, t('grade.' + grade)), ' ' + t('panel.count', { n: rows.length })));
    body.appendChild(list);
  });
  made = el('details.conflicts', el('summary', t('conflicts') + ' (' + own.length + ')'), body);
  made.open = own.some(function (row) { return row.g === 'breaks' || row.g === 'coordinate'; });
  return made;
}
