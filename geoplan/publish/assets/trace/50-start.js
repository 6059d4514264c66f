// The address says what is shown: #reference, with &lang=en behind it in English.
var asked = byId('asked'), hits = byId('hits'), SOUGHT = null, DRAWN = '';

function current() {
  var text = location.hash.replace(/^#/, '').split('&')[0];
  if (text.indexOf('lang=') === 0) { return ''; }
  try { return decodeURIComponent(text); } catch (fault) { return text; }
}

function draw() {
  var box = clear(byId('trace')), ref = current(), chain = ref ? chainOf(ref) : null;
  DRAWN = ref;
  S.lang = document.documentElement.getAttribute('data-lang') === 'en' ? 1 : 0;
  asked.placeholder = t('trace.search');
  asked.setAttribute('aria-label', t('trace.search.label'));
  if (chain) { box.appendChild(chainBlock(chain)); }
  if (ref && !chain) { box.appendChild(el('p.note.unknown', t('trace.unknown', { ref: ref }))); }
}

// What can be found by name: statements, figures, indicators, findings, units.
function sought() {
  if (SOUGHT) { return SOUGHT; }
  SOUGHT = D.units.map(function (unit) { return ['units:' + unit[0], [unit[1], unit[2]], 'units', unit[3]]; });
  [D.features.map(function (f, i) { return featureChain(i); }), D.claims.map(claimChain), D.conflicts.map(conflictChain),
    D.indicators.map(indicatorChain), D.findings.map(findingChain)].forEach(function (chains) {
    chains.forEach(function (chain) { SOUGHT.push([chain.ref, chain.name, chain.table, '']); });
  });
  return SOUGHT;
}

var MOST = 30;
function search() {
  var text = asked.value.trim().toLowerCase(), found, exact;
  clear(hits);
  hits.hidden = !text;
  if (!text) { return; }
  exact = chainOf(asked.value.trim());
  found = sought().filter(function (row) {
    return (row[0] + ' ' + row[1].join(' ') + ' ' + row[3] + ' ' + row[3].replace(/ /g, '')).toLowerCase().indexOf(text) >= 0;
  });
  if (exact) { found = [[exact.ref, exact.name, exact.table, '']].concat(found.filter(function (row) { return row[0] !== exact.ref; })); }
  found.slice(0, MOST).forEach(function (row) {
    var kind = row[2] === 'units' ? t('trace.piece.unit') : t('trace.table.' + row[2]);
    hits.appendChild(el('li', el('span.tag', kind), ' ', linkTo(row[0], say(row[1]))));
  });
  if (!found.length) { hits.appendChild(el('li.note', t('trace.search.none'))); }
  if (found.length > MOST) { hits.appendChild(el('li.note', t('trace.search.most', { n: MOST }))); }
}

function close() {
  asked.value = '';
  search();
}

window.addEventListener('hashchange', function () {
  S.all = {};
  close();
  draw();
  window.scrollTo(0, 0);
});
// The frame's own switch forgets the reference: it is put back.
byId('language').addEventListener('click', function () {
  var en = document.documentElement.getAttribute('data-lang') === 'en';
  if (DRAWN) { history.replaceState(null, '', '#' + encodeURIComponent(DRAWN) + (en ? '&lang=en' : '')); }
  draw();
  search();
});

asked.addEventListener('input', search);
asked.addEventListener('keydown', function (event) {
  var link = hits.querySelector('a');
  if (event.key === 'Escape') { close(); }
  if (event.key === 'Enter' && link) { link.click(); }
});
byId('seek').hidden = false;
draw();
// For tests: the page and the command have to tell the same.
window.traceOf = chainOf;
