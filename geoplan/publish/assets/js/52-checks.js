// Folded parts of the county panel: findings, indicators, claims.
function findingBlock(code) {
  var own = D.findings.filter(function (x) { return x.u.indexOf(code) >= 0; }), list = el('ul.findings');
  own.forEach(function (x) {
    var item = el('li', el('b', say(x.t)), ' ', el('span.tag', t('finding.' + x.k)), el('p.note', say(x.x)));
    x.at.forEach(function (place) { item.appendChild(source(place[0], place[1], place[2], [place[3]])); });
    list.appendChild(addTrace(item, 'findings:' + x.id + '/0', say(x.t)));
  });
  return own.length ? el('details', el('summary', t('findings') + ' (' + own.length + ')'), list) : null;
}

function indicatorBlock(code) {
  var own = D.indicators.filter(function (row) { return row[0] === code; }), list = el('ul.findings');
  own.forEach(function (row) {
    list.appendChild(addTrace(el('li', el('b', say(row[1])), el('p.figures', say(row[2])), source(row[3][0], row[3][1], row[3][2], [row[3][3]])), row[4], say(row[1])));
  });
  return own.length ? el('details', el('summary', t('indicators') + ' (' + own.length + ')'), list) : null;
}

function subject(claim) {
  var bits = claim.of.split('/'), layer = LAYERS[bits[0]], f = FEATURES[claim.of], c = D.classes[bits[1]];
  if (!layer) { return claim.of; }
  if (f) { return say(f.n); }
  return c ? say(c.t) : say(layer.t);
}

function signed(value) {
  var text = num(Math.abs(value));
  return (text === '0' ? '' : value > 0 ? '+' : '−') + text;
}

function num(value) { return value === null ? t('legend.none') : String(Number(value.toFixed(2))); }

// A figure for one class or feature is for the counties that it concerns, not for its whole layer's.
function claimHere(claim, code) {
  var f = FEATURES[claim.of], bits = claim.of.split('/');
  if (!LAYERS[claim.l] || stateOf(LAYERS[claim.l], code) !== 'concerned') { return false; }
  if (f) { return concerns(f, code); }
  return bits.length === 1 || BASES.some(function (basis) { return (COVER[code] || {})[bits.join('|') + '|' + basis]; });
}

// As the printed figure beside it: 6422平方公里, 6422 km².
function measured(text, c) {
  var m = say(c.m);
  return text + (S.lang && m !== '%' ? ' ' : '') + m;
}

// Figures under one another, so that they can be compared.
function sums(c) {
  var body = el('tbody'), rows = [['published', say(c.p)]];
  if (c.v !== undefined) { rows.push(['computed', measured(num(c.v), c)]); }
  if (c.df !== undefined) { rows.push(['difference', measured(signed(c.df), c)]); }
  rows.forEach(function (row) { body.appendChild(el('tr', el('th', t('claims.' + row[0])), el('td', row[1]))); });
  if (c.fx) { body.appendChild(el('tr', el('th', t('claims.citation')), el('td', c.fx))); }
  return el('table.sums', body);
}

function claimRow(c) {
  var made, words = c.k === 'counted' ? 'count.' : 'claim.';
  made = el('li', el('b', colon(subject(c), say(c.n))), ' ', el('span.finding.' + c.st, t(words + c.st)));
  made.appendChild(sums(c));
  if (c.r) { made.appendChild(el('p.note', t('reason.' + c.r))); }
  if (c.ms) { made.appendChild(el('p.note', colon(t('claims.missing'), t('missing.' + c.ms)))); }
  made.appendChild(source(c.d, c.s, c.ln, [c.qt]));
  return addTrace(made, 'claims:' + c.id, colon(subject(c), say(c.n)));
}

function claimBlock(code) {
  var own = D.claims.filter(function (c) { return claimHere(c, code); }), body = el('div'), list, part;
  ['measured', 'counted', 'summed', 'unchecked'].forEach(function (kind) {
    part = own.filter(function (c) { return c.k === kind; });
    if (!part.length) { return; }
    list = el('ul.claims.' + kind);
    part.forEach(function (c) { list.appendChild(claimRow(c)); });
    body.appendChild(el('h5', t('claims.' + kind, { n: part.length })));
    body.appendChild(list);
  });
  return own.length ? el('details', el('summary', t('panel.claims') + ' (' + own.length + ')'), body) : null;
}
