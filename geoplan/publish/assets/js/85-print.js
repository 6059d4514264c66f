// Printing: a dialog with the sheet as it will come out; Ctrl+P without it gives the same sheet.
var PRINT = { paper: 'A4', way: 'auto', range: 'scope', scale: 0, annex: false };
// What the screen was while the map lies in a sheet, and the dialog while it is open.
var SCREEN = null, ASKING = null;

function leaveScreen() {
  var box = map.getContainer();
  SCREEN = {
    parent: box.parentNode, next: box.nextSibling, tab: box.getAttribute('tabindex'), focus: document.activeElement,
    center: map.getCenter(), zoom: map.getZoom(), size: map.getSize(), bounds: map.options.maxBounds,
    options: { zoomSnap: map.options.zoomSnap, minZoom: map.options.minZoom, maxZoom: map.options.maxZoom },
    padding: RENDERERS.base.options.padding, base: BASE.on
  };
  if (SCREEN.base) { setBase(false); }
  map.setMaxBounds(null);
  L.setOptions(map, { zoomSnap: 0, minZoom: 0, maxZoom: 22 });
  // Whole pixels are a quarter of a millimetre: too coarse for borders on paper.
  map.latLngToLayerPoint = function (at) {
    var p = map.project(L.latLng(at)).subtract(map.getPixelOrigin());
    return L.point(Math.round(p.x * 100) / 100, Math.round(p.y * 100) / 100);
  };
  setPadding(0.02);
  box.setAttribute('tabindex', '-1');
  document.body.classList.add('laid');
}

function setPadding(part) {
  Object.keys(RENDERERS).forEach(function (name) { RENDERERS[name].options.padding = part; });
}

function backToScreen() {
  var box = map.getContainer(), was = SCREEN, holder = byId('printing');
  if (!was) { return; }
  SCREEN = null;
  delete map.latLngToLayerPoint;
  LABELS = SCREEN_LABELS;
  setPadding(was.padding);
  was.parent.insertBefore(box, was.next);
  if (was.tab === null) { box.removeAttribute('tabindex'); } else { box.setAttribute('tabindex', was.tab); }
  document.body.classList.remove('laid');
  holder.parentNode.removeChild(holder);
  map.invalidateSize({ animate: false, pan: false });
  map.setView(was.center, was.zoom, { animate: false, reset: true });
  L.setOptions(map, was.options);
  if (was.bounds) { map.setMaxBounds(was.bounds); }
  if (was.base) { setBase(true); }
  redraw();
  placeNames();
  if (was.focus && was.focus.focus) { was.focus.focus({ preventScroll: true }); }
}

// Counties that have to be seen wholly; of the whole map those that the page opens on.
function wantedCounties() {
  if (PRINT.range === 'view') { return []; }
  return PRINT.range === 'county' && S.selected ? [S.selected] : homeCounties(D.page.scope);
}

// Extent of what is to be printed, in metres of the projection: west, south, east, north.
function wantedExtent() {
  var half, at, edge;
  if (PRINT.range === 'view') {
    at = toMetres(SCREEN.center.lat, SCREEN.center.lng);
    half = SCREEN.size.multiplyBy(0.5 / (PIXELS * GAUSS.scale(SCREEN.zoom)));
    return [at[0] - half.x, at[1] - half.y, at[0] + half.x, at[1] + half.y];
  }
  at = L.bounds(outlineMetres(wantedCounties()));
  edge = PRINT.range === 'county' ? 0.06 * Math.max(at.getSize().x, at.getSize().y) : 0;
  return [at.min.x - edge, at.min.y - edge, at.max.x + edge, at.max.y + edge];
}

function outlineMetres(codes) {
  var made = [];
  ringsOf(codes).forEach(function (polygon) {
    polygon[0].forEach(function (at) {
      var m = toMetres(at[0], at[1]);
      made.push(L.point(m[0], m[1]));
    });
  });
  return made;
}

// Round denominators of scales, from the least that may be; a page never pretends to more than its borders know.
function roundScales(least, count) {
  var made = [], power = 1, limit = 1 / (PIXELS * GAUSS.scale(SCREEN.options.maxZoom)) / PX_M;
  while (made.length < count) {
    SHEET.steps.forEach(function (step) {
      if (step * power >= Math.max(least, limit) && made.length < count) { made.push(Math.round(step * power)); }
    });
    power *= 10;
  }
  return made;
}

// Landscape where both ways give the same scale.
function bestWay(extent) {
  var ways = PRINT.way === 'auto' ? ['landscape', 'portrait'] : [PRINT.way], found = null;
  ways.forEach(function (way) {
    var boxes = sheetBoxes(PRINT.paper, way), room = [boxes.map.w - 2 * boxes.size.pad, boxes.map.h - 2 * boxes.size.pad];
    var least = 1000 * Math.max((extent[2] - extent[0]) / room[0], (extent[3] - extent[1]) / room[1]);
    var scales = roundScales(least, 6);
    if (!found || scales[0] < found.scales[0]) { found = { boxes: boxes, scales: scales, way: way }; }
  });
  found.scale = found.scales.indexOf(PRINT.scale) >= 0 ? PRINT.scale : found.scales[0];
  found.center = L.point((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2);
  found.size = L.point(extent[2] - extent[0], extent[3] - extent[1]);
  return found;
}

// Lays the sheet into the page and the map into the sheet.
function laySheet() {
  var plan, holder = byId('printing'), view;
  if (!SCREEN) { leaveScreen(); }
  if (!holder) {
    holder = el('div.quiet', el('div.preview', el('div.shrink')));
    holder.id = 'printing';
    document.body.appendChild(holder);
  }
  plan = bestWay(wantedExtent());
  view = holder.querySelector('.shrink');
  SCREEN.parent.insertBefore(map.getContainer(), SCREEN.next);
  clear(view).appendChild(drawSheet(plan));
  placeMap(plan);
  finishSheet(plan);
  if (PRINT.annex && S.selected) { view.appendChild(annex(plan)); }
  shrink(plan);
  return plan;
}

// On screen the sheet is as large as there is room for; on paper it is what it is.
function shrink(plan) {
  var holder = byId('printing'), view = holder.querySelector('.preview'), box = holder.querySelector('.shrink');
  var w = plan.boxes.w * MM, h = plan.boxes.h * MM, k;
  k = Math.min(1, Math.max(0.1, (view.clientWidth - 24) / w), Math.max(0.3 * (view.clientWidth - 24) / w, (view.clientHeight - 24) / h));
  box.style.width = (w * k).toFixed(1) + 'px';
  box.style.height = (h * k).toFixed(1) + 'px';
  Array.prototype.forEach.call(box.children, function (paper) { paper.style.transform = 'scale(' + k.toFixed(4) + ')'; });
}

function choice(label, values, now, act) {
  var box = document.createElement('select');
  values.forEach(function (row) {
    var made = el('option', row[1]);
    made.value = row[0];
    made.selected = String(row[0]) === String(now);
    box.appendChild(made);
  });
  box.onchange = function () { act(box.value); };
  return el('label', el('span', label), box);
}

function ranges() {
  var made = [['scope', t('print.range.scope')], ['view', t('print.range.view')]];
  if (S.selected) { made.push(['county', t('print.range.county')]); }
  return made;
}

// The questions; those of the scale follow from the others.
function drawQuestions() {
  var box = clear(ASKING.querySelector('.asked')), focus = ASKING.getAttribute('data-at'), plan;
  if (PRINT.range === 'county' && !S.selected) { PRINT.range = 'scope'; }
  plan = laySheet();
  function ask(key, label, values, now) {
    var made = choice(label, values, now, function (value) {
      PRINT[key] = key === 'scale' ? Number(value) : value;
      ASKING.setAttribute('data-at', key);
      drawQuestions();
    });
    made.lastChild.setAttribute('data-key', key);
    box.appendChild(made);
    if (key === focus) { made.lastChild.focus(); }
  }
  ask('paper', t('print.paper'), Object.keys(SHEET.papers).sort().reverse().map(function (name) { return [name, name]; }), PRINT.paper);
  ask('way', t('print.way'), [['auto', t('print.auto')], ['landscape', t('print.way.landscape')], ['portrait', t('print.way.portrait')]], PRINT.way);
  ask('range', t('print.range'), ranges(), PRINT.range);
  ask('scale', t('furniture.scale'), [[0, t('print.auto') + ' ' + ratio(plan.scales[0])]].concat(plan.scales.slice(1).map(function (n) { return [n, ratio(n)]; })), plan.scale === plan.scales[0] ? 0 : plan.scale);
  if (S.selected) { box.appendChild(annexBox()); }
}

function annexBox() {
  var made = document.createElement('input');
  made.type = 'checkbox';
  made.checked = PRINT.annex;
  made.onchange = function () {
    PRINT.annex = made.checked;
    laySheet();
  };
  return el('label.tick', made, el('span', t('print.annex')));
}

function openPrint() {
  var holder, link;
  if (ASKING) { return; }
  laySheet();
  holder = byId('printing');
  holder.className = '';
  ASKING = el('div.ask', el('h2', t('print.title')), el('div.asked'), el('div.done'));
  if (D.page.svg) {
    link = el('a', t('print.svg'));
    link.href = D.page.svg;
    link.setAttribute('download', '');
    ASKING.lastChild.appendChild(link);
  }
  ASKING.lastChild.appendChild(button('button.go', t('tool.print'), function () {
    setPageSize();
    window.print();
  }));
  ASKING.lastChild.appendChild(button('button', t('print.cancel'), closePrint));
  holder.setAttribute('role', 'dialog');
  holder.setAttribute('aria-modal', 'true');
  holder.setAttribute('aria-label', t('print.title'));
  holder.insertBefore(ASKING, holder.firstChild);
  document.addEventListener('keydown', keepFocus, true);
  drawQuestions();
  ASKING.querySelector('.go').focus();
}

function closePrint() {
  ASKING = null;
  document.removeEventListener('keydown', keepFocus, true);
  unsetPageSize();
  backToScreen();
}

// Escape closes this dialog and nothing behind it; Tab stays within.
function keepFocus(event) {
  var all = Array.prototype.slice.call(ASKING.querySelectorAll('select, input, a[href], button')), at = all.indexOf(document.activeElement);
  event.stopPropagation();
  if (event.key === 'Escape') { closePrint(); }
  if (event.key === 'Tab' && (at < 0 || at === (event.shiftKey ? 0 : all.length - 1))) {
    event.preventDefault();
    all[event.shiftKey ? all.length - 1 : 0].focus();
  }
}

function setPageSize() {
  var boxes = SCREEN.plan.boxes, size = boxes.w + 'mm ' + boxes.h + 'mm', style = document.createElement('style');
  unsetPageSize();
  style.id = 'page-size';
  style.textContent = '@page { size: ' + size + '; margin: 0; } @page annex { size: ' + size + '; margin: ' + SHEET.margin + 'mm; }';
  document.head.appendChild(style);
}

function unsetPageSize() {
  var style = byId('page-size');
  if (style) { style.parentNode.removeChild(style); }
}

function startPrint() {
  byId('print').onclick = openPrint;
  window.addEventListener('beforeprint', function () {
    // The tables beside the map are printed as they are.
    if (document.body.classList.contains('with-table')) { return; }
    if (!SCREEN) { laySheet(); }
    setPageSize();
  });
  window.addEventListener('afterprint', closePrint);
  window.addEventListener('hashchange', function () { if (SCREEN) { closePrint(); } });
  window.addEventListener('resize', function () { if (SCREEN && SCREEN.plan) { shrink(SCREEN.plan); } });
}

startPrint();
