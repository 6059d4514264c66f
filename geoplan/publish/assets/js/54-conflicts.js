// Matters to coordinate: both sides with their sources, by grade; never a verdict.
var GRADES = ['breaks', 'coordinate', 'attention', 'compatible'];

function mattersOf(code) {
  return D.conflicts.filter(function (row) { return row.u === UNITS[code].i; });
}

function sideName(side) {
  var c = D.classes[CLASS_IDS[side[1]]], names = [say(D.layers[side[0]].t)];
  if (c) { names.push(say(c.t)); }
  if (side[2] && names.indexOf(say(side[2])) < 0) { names.push(say(side[2])); }
  return names.reduce(colon) + (side[5] ? t('conflicts.features', { n: side[5] }) : '');
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
  if (typeof said === 'string' || said.w) { made.appendChild(el('span', said.w ? say(said.w) : said)); return made; }
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
  addTrace(made.lastChild, 'conflicts:' + row.id, sideName(row.s[0]) + ' × ' + sideName(row.s[1]));
  if (row.r !== undefined) { made.appendChild(ruleBlock(D.rules[row.r])); }
  if (row.by !== undefined) { made.appendChild(reasonBlock('conflicts.reconciled', row.by)); }
  if (row.over !== undefined) { made.appendChild(reasonBlock('conflicts.overruled', row.over)); }
  return made;
}

// Why a planner has to look at it, and where that is written.
function ruleBlock(rule) {
  var made = el('div.reason', el('b', t('conflicts.why')), el('span', say(rule.why))), from;
  from = el('div', el('b', t('conflicts.from')));
  if (rule.src) {
    from.appendChild(source(rule.src[0], rule.src[1], rule.src[2], [rule.src[3]]));
  } else {
    from.appendChild(el('cite', say(rule.reg[0])));
    if (rule.reg[1]) { from.appendChild(el('em.mark', t('conflicts.unverified'))); }
  }
  made.appendChild(from);
  return made;
}

function linkTo(href, words) {
  var made = el('a', words);
  made.href = href;
  return made;
}

// What people have set aside stands last, and opens nothing.
function matterGroup(body, mark, rows) {
  var list = el('ul.matters');
  if (!rows.length) { return; }
  rows.forEach(function (row) { list.appendChild(matterRow(row)); });
  body.appendChild(el('h5', mark, ' ' + t('panel.count', { n: rows.length })));
  body.appendChild(list);
}

function matterBlock(code) {
  var own = mattersOf(code), body = el('div'), made, open;
  if (!D.atlas.rules && !OWN) { return el('p.rest', el('span.state.no_data', t('state.no_data')), colon(t('conflicts'), t('conflicts.no_rules'))); }
  // Other maps do not show both sides of all: there nothing follows from silence.
  if (!own.length) { return D.page.kind === 'overview' && D.atlas.rules ? el('p.rest', colon(t('conflicts'), t('conflicts.none'))) : null; }
  open = own.filter(function (row) { return row.over === undefined; });
  GRADES.forEach(function (grade) {
    matterGroup(body, el('span.finding.' + grade, t('grade.' + grade)), open.filter(function (row) { return row.g === grade; }));
  });
  matterGroup(body, el('span.finding.not_checkable', t('conflicts.apart')), own.filter(function (row) { return row.over !== undefined; }));
  body.appendChild(el('p.more', linkTo('matters.html#' + (open.length ? 'u' + code : 'overruled') + (S.lang ? '&lang=en' : ''), t('conflicts.open.county'))));
  made = el('details.conflicts', el('summary', t('conflicts') + ' (' + open.length + ')'), body);
  made.open = open.some(function (row) { return row.g === 'breaks' || row.g === 'coordinate'; });
  return made;
}
