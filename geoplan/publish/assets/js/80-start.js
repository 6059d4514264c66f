// Start: address, language, selection, keyboard, narrow screens.
function readHash() {
  var wanted = { lang: 0, measure: 'km2', code: null, more: {} };
  location.hash.replace(/^#/, '').split('&').forEach(function (part) {
    var bits = part.split('=');
    if (/^\d{6}$/.test(part)) { wanted.code = part; }
    if (bits[0] === 'lang' && bits[1] === 'en') { wanted.lang = 1; }
    if (bits[0] === 'unit' && Object.keys(MEASURES).indexOf(bits[1]) >= 0) { wanted.measure = bits[1]; }
    wanted.more[bits[0]] = bits.length > 1 ? decoded(bits[1]) : '';
  });
  return wanted;
}

function decoded(text) { try { return decodeURIComponent(text); } catch (fault) { return text; } }

function readMore(wanted) {
  ADDRESS.forEach(function (part) { part.read(part.key in wanted.more ? wanted.more[part.key] : null); });
}

// What links to other maps take along: language, unit, and parts that follow.
function hashText(code, own) {
  var parts = [];
  if (code) { parts.push(code); }
  if (S.lang) { parts.push('lang=en'); }
  if (S.measure !== 'km2') { parts.push('unit=' + S.measure); }
  ADDRESS.forEach(function (part) {
    var value = own || part.follows ? part.write() : null;
    if (value !== null) { parts.push(part.key + (value === '' ? '' : '=' + encodeURIComponent(value))); }
  });
  return parts.join('&');
}

var WROTE = null;
function writeHash() {
  var text = '#' + hashText(S.selected, true);
  WROTE = text;
  if (location.hash === text || text === '#' && location.hash === '') { return; }
  try { history.replaceState(null, '', text); } catch (fault) { location.replace(text); }
}

function select(code, zoom) {
  S.selected = code && UNITS[code] && UNITS[code].in ? code : null;
  drawChosen();
  drawPanel();
  drawLegend();
  sheet(S.selected ? 'panel' : null);
  resize();
  if (S.selected && (zoom || !inSight(S.selected))) { show(S.selected); }
  placeNames();
  writeHash();
  if (S.selected) { tellCounty(S.selected); }
  if (S.selected && !NARROW.matches) { byId('panel').focus({ preventScroll: true }); }
}

// Whether the middle of a county is to be seen beside the panel, or above the sheet.
function inSight(code) {
  var at = map.latLngToContainerPoint(boundsOf(code).getCenter()), size = map.getSize();
  var low = NARROW.matches ? size.y * 0.38 : size.y;
  return at.x > 20 && at.x < size.x - 20 && at.y > 60 && at.y < low;
}

// On narrow screens the sheet covers the lower part of the map.
// A small county is shown larger than a large one, but with some of what lies around it.
function show(code) {
  var low = NARROW.matches ? map.getSize().y * 0.62 : 0, near = map.getBoundsZoom(boundsOf(code).pad(0.8));
  map.fitBounds(boundsOf(code), { maxZoom: Math.min(map.getMaxZoom(), Math.max(9, near)), paddingTopLeft: [20, 60], paddingBottomRight: [20, low || 60], animate: READY && !CALM.matches });
}

function refresh() {
  drawTree();
  redraw();
  drawLegend();
  placeNames();
}

function resize() { map.invalidateSize({ animate: false }); }

function speak() {
  document.documentElement.setAttribute('data-lang', S.lang ? 'en' : 'zh');
  document.documentElement.lang = S.lang ? 'en' : 'zh-CN';
  Array.prototype.forEach.call(document.querySelectorAll('[data-t]'), function (node) { node.textContent = t(node.getAttribute('data-t')); });
  Array.prototype.forEach.call(document.querySelectorAll('[data-aria]'), function (node) {
    node.setAttribute('aria-label', t(node.getAttribute('data-aria')));
    if (node.tagName === 'BUTTON') { node.title = t(node.getAttribute('data-aria')); }
  });
  byId('language').textContent = t('lang.other');
  byId('language').lang = S.lang ? 'zh-CN' : 'en';
  byId('search').placeholder = t('search');
  byId('search').setAttribute('aria-label', t('search.label'));
  byId('map_atlas').setAttribute('aria-label', say(D.page.title));
  Array.prototype.forEach.call(document.querySelectorAll('.bar a'), function (link) {
    link.href = link.getAttribute('href').split('#')[0] + (hashText(null) ? '#' + hashText(null) : '');
  });
  drawMeasures();
  drawTabs();
  drawPlate();
  drawStatus();
  drawSources();
  drawScale();
  drawPanel();
  SPEAKING.forEach(function (part) { part(); });
  resize();
  refresh();
}

function drawMeasures() {
  var box = clear(byId('measure'));
  ['km2', 'ha', '10k_mu', 'mu'].forEach(function (key) {
    var choice = el('option', t('measure.' + key));
    choice.value = key;
    choice.selected = key === S.measure;
    box.appendChild(choice);
  });
}

// On narrow screens the lists are sheets at the lower edge, one at a time.
function sheet(name) {
  if (name) { document.body.setAttribute('data-sheet', name); } else { document.body.removeAttribute('data-sheet'); }
  Array.prototype.forEach.call(byId('tabs').children, function (tab) {
    tab.setAttribute('aria-pressed', (tab.getAttribute('data-sheet') || null) === (TABLE.on ? 'table' : name));
  });
}

function drawTabs() {
  var box = clear(byId('tabs')), now = document.body.getAttribute('data-sheet');
  [['', 'tool.map'], ['layers', 'layers'], ['legend', 'legend'], ['panel', 'panel'], ['table', 'table.button'], ['more', 'tool.more']].forEach(function (row) {
    var tab = button('button', t(row[1]), function () {
      var open = row[0] && tab.getAttribute('aria-pressed') !== 'true';
      showTable(open && row[0] === 'table');
      if (row[0] !== 'table') { sheet(open ? row[0] : null); }
    });
    if (row[0]) { tab.setAttribute('data-sheet', row[0]); }
    box.appendChild(tab);
  });
  sheet(now);
}

function follow() {
  var wanted = readHash();
  if (location.hash === WROTE) { return; }
  if (wanted.lang !== S.lang || wanted.measure !== S.measure) {
    S.lang = wanted.lang;
    S.measure = wanted.measure;
    speak();
  }
  readMore(wanted);
  if (wanted.code !== S.selected) { select(wanted.code, true); }
}

var READY = false;
function start() {
  var wanted = readHash();
  S.lang = wanted.lang;
  S.measure = wanted.measure;
  D.page.on.forEach(function (key) { S.on[key] = true; });
  map.options.crs = GAUSS;
  makePanes();
  makePatterns();
  startFurniture();
  startSearch();
  startMenu();
  home();
  drawBase();
  drawHits();
  makeNames();
  drawStops();
  // Wide enough that a scope beside the furniture of a broad screen is not pushed back under it.
  map.setMaxBounds(L.latLngBounds(ringsOf(Object.keys(UNITS)).reduce(function (all, polygon) { return all.concat(polygon[0]); }, [])).pad(2));
  byId('language').onclick = function () { S.lang = 1 - S.lang; speak(); writeHash(); };
  byId('measure').onchange = function () { S.measure = byId('measure').value; speak(); writeHash(); };
  byId('clear').onclick = function () { S.on = {}; setView(null); };
  map.on('zoomend moveend', function () { drawScale(); placeNames(); });
  map.on('zoomend', redraw);
  map.on('click', function () { if (!measuring()) { select(null, false); } });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && S.selected) { select(null, false); byId('map_atlas').focus(); } });
  window.addEventListener('hashchange', follow);
  window.addEventListener('resize', function () { resize(); placeNames(); });
  STARTING.forEach(function (part) { part(); });
  readMore(wanted);
  speak();
  home();
  if (wanted.code) { select(wanted.code, true); }
  Array.prototype.forEach.call(document.querySelectorAll('nav [aria-current]'), function (link) {
    link.parentNode.scrollLeft = Math.max(0, link.offsetLeft - link.parentNode.offsetLeft - 60);
  });
  READY = true;
  document.body.classList.add('ready');
}

start();
