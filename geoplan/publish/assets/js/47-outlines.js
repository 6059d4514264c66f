// Maps in detail: outlines of whole counties, stops along an axis, names written below counties.
function listed(key, item) { return (D.page[key] || []).indexOf(item.k) >= 0; }

function isOutline(item) { return listed('outline', item); }

// Borders that only one of the counties has.
function outerArcs(codes) {
  var seen = {};
  codes.forEach(function (code) {
    ((UNITS[code] && UNITS[code].p) || []).forEach(function (polygon) {
      polygon.forEach(function (numbers) {
        numbers.forEach(function (n) { n = n < 0 ? ~n : n; seen[n] = (seen[n] || 0) + 1; });
      });
    });
  });
  return Object.keys(seen).filter(function (n) { return seen[n] === 1; }).map(function (n) { return ARCS[n]; });
}

function drawOutline(group, colour, codes) {
  L.polyline(outerArcs(codes), inPane('borders', { color: '#ffffff', weight: 6, opacity: 0.7, className: 'outline-ground' })).addTo(group);
  L.polyline(outerArcs(codes), inPane('borders', { color: colour, weight: 3.2, className: 'item area outline' })).addTo(group);
}

function drawStops() {
  (D.page.stops || []).forEach(function (stop) {
    L.marker([stop[2], stop[1]], {
      interactive: false, keyboard: false, pane: 'p-points', icon: L.divIcon({ className: 'turn', iconSize: [9, 9] })
    }).addTo(map);
  });
}

// The number of a county along the axis stands before its name.
function stopNumber(code) {
  var at = 0;
  (D.page.stops || []).forEach(function (stop, i) { if (stop[0] === code) { at = i + 1; } });
  return at || null;
}

function stopsKey() {
  var names = (D.page.stops || []).map(function (stop, i) { return (i + 1) + ' ' + say(UNITS[stop[0]].n); });
  return names.length ? el('p.note.stops', colon(t('view.stops'), names.join(S.lang ? ' – ' : '—'))) : null;
}

// Features that stand below the name of their county: they lie somewhere in it.
function namedLines(code) {
  var made = [];
  lists().forEach(function (item) {
    if (!listed('named', item)) { return; }
    item.f.forEach(function (id) {
      var f = FEATURES[item.l + '/' + id];
      if (f.u.indexOf(code) >= 0) { made.push({ text: say(f.n), col: cls(item).col }); }
    });
  });
  return made;
}

function lineNode(line) {
  var dot = el('i.dot');
  dot.style.background = line.col;
  return el('span.line', dot, line.text);
}
