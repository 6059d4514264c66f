// Search by Chinese name, pinyin, initials or code.
var FOUND = [], AT = -1;

// Without spaces and marks, wide letters as plain ones.
function plainText(text) { return text.normalize('NFKC').toLowerCase().replace(/[\s'’]+/g, ''); }

function keysOf(u) {
  var syllables = u.py.toLowerCase().split(/\s+/);
  return [u.n[0], syllables.join(''), syllables.map(function (s) { return s.charAt(0); }).join(''), u.c, plainText(u.n[1])];
}

function rank(u, query) {
  var keys = keysOf(u), best = 9, i, at;
  for (i = 0; i < keys.length; i += 1) {
    at = keys[i].indexOf(query);
    if (keys[i] === query) { best = Math.min(best, 0); } else if (at === 0) { best = Math.min(best, 1); } else if (at > 0 && i !== 2) { best = Math.min(best, 2); }
  }
  return best;
}

function find(text) {
  var query = plainText(text);
  if (!query) { return []; }
  return D.units.filter(function (u) { return u.lv !== 'county' || u.in; }).map(function (u) { return [rank(u, query), u]; })
    .filter(function (row) { return row[0] < 9; })
    .sort(function (a, b) { return a[0] - b[0] || (a[1].c < b[1].c ? -1 : 1); })
    .slice(0, 10).map(function (row) { return row[1]; });
}

function drawFound() {
  var list = clear(byId('found')), box = byId('search'), asked = box.value.trim() !== '';
  list.hidden = !asked;
  box.setAttribute('aria-expanded', asked);
  box.removeAttribute('aria-activedescendant');
  if (asked && !FOUND.length) { list.appendChild(el('li.none', t('search.none'))); }
  FOUND.forEach(function (u, i) {
    var row = el('li', el('b', say(u.n)), el('small', (UNITS[u.up] && u.lv === 'county' ? say(UNITS[u.up].n) + ' ' : '') + u.c));
    row.id = 'found-' + i;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', i === AT);
    row.onmousedown = function (event) { event.preventDefault(); choose(u); };
    if (i === AT) { box.setAttribute('aria-activedescendant', row.id); }
    list.appendChild(row);
  });
}

function choose(u) {
  var box = byId('search');
  box.value = '';
  FOUND = [];
  drawFound();
  box.blur();
  if (u.lv === 'county') { select(u.c, true); } else { select(null, false); map.fitBounds(boundsOf(u.c)); }
}

function startSearch() {
  var box = byId('search');
  box.oninput = function () { FOUND = find(box.value); AT = FOUND.length ? 0 : -1; drawFound(); };
  box.onblur = function () { byId('found').hidden = true; box.setAttribute('aria-expanded', false); };
  box.onfocus = function () { if (box.value) { drawFound(); } };
  box.onkeydown = function (event) {
    var step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step && FOUND.length) { AT = (AT + step + FOUND.length) % FOUND.length; drawFound(); event.preventDefault(); }
    if (event.key === 'Enter' && FOUND[AT]) { choose(FOUND[AT]); event.preventDefault(); }
    if (event.key === 'Escape') { box.value = ''; FOUND = []; drawFound(); event.stopPropagation(); }
  };
}
