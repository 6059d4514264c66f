// Folded parts of the county panel: findings, indicators, claims.
function findingBlock(code) {
  var own = D.findings.filter(function (x) { return x.u.indexOf(code) >= 0; }), list = el('ul.findings');
  own.forEach(function (x) {
    var item = el('li', el('b', say(x.t)), el('span.tag', t('finding.' + x.k)), el('p.note', say(x.x)));
    x.at.forEach(function (place) { item.appendChild(cite(place[0], place[1], place[2])); });
    list.appendChild(item);
  });
  return own.length ? el('details', el('summary', t('findings') + ' (' + own.length + ')'), list) : null;
}

function indicatorBlock(code) {
  var own = D.indicators.filter(function (row) { return row[0] === code; }), list = el('ul.findings');
  own.forEach(function (row) {
    list.appendChild(el('li', el('b', say(row[1])), el('p.figures', say(row[2])), cite(row[3][0], row[3][1], row[3][2])));
  });
  return own.length ? el('details', el('summary', t('indicators') + ' (' + own.length + ')'), list) : null;
}

function subject(claim) {
  var bits = claim.of.split('/'), layer = LAYERS[bits[0]], f = FEATURES[claim.of], c = D.classes[bits[1]];
  if (!layer) { return claim.of; }
  if (f) { return say(f.n); }
  return c ? say(c.t) : say(layer.t);
}

function num(value) { return value === null ? t('legend.none') : String(Number(value.toFixed(2))); }

// A figure for one class or feature is for the counties that it concerns, not for its whole layer's.
function claimHere(claim, code) {
  var f = FEATURES[claim.of], bits = claim.of.split('/');
  if (!LAYERS[claim.l] || stateOf(LAYERS[claim.l], code) !== 'concerned') { return false; }
  if (f) { return concerns(f, code); }
  return bits.length === 1 || BASES.some(function (basis) { return (COVER[code] || {})[bits.join('|') + '|' + basis]; });
}

// Counts are set against the plan's own list: that says nothing about geometry.
function claimKind(c) {
  if (c.st === 'not_checkable') { return 'unchecked'; }
  return c.q === 'count' ? 'counted' : 'measured';
}

function claimRow(c) {
  var made, words = claimKind(c) === 'counted' ? 'count.' : 'claim.';
  made = el('li', el('b', subject(c) + (S.lang ? ': ' : '：') + say(c.n)), el('span.finding.' + c.st, t(words + c.st)));
  made.appendChild(el('p.figures', t('claims.published') + ' ' + say(c.p),
    c.v === undefined ? null : el('span', t('claims.computed') + ' ' + num(c.v) + ' ' + say(c.m))));
  if (c.r) { made.appendChild(el('p.note', t('reason.' + c.r))); }
  made.appendChild(cite(c.d, c.s, c.ln));
  return made;
}

function claimBlock(code) {
  var own = D.claims.filter(function (c) { return claimHere(c, code); }), body = el('div'), list, part;
  ['measured', 'counted', 'unchecked'].forEach(function (kind) {
    part = own.filter(function (c) { return claimKind(c) === kind; });
    if (!part.length) { return; }
    list = el('ul.claims.' + kind);
    part.forEach(function (c) { list.appendChild(claimRow(c)); });
    body.appendChild(el('h5', t('claims.' + kind, { n: part.length })));
    body.appendChild(list);
  });
  return own.length ? el('details', el('summary', t('panel.claims') + ' (' + own.length + ')'), body) : null;
}
