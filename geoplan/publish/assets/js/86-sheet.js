// The sheet: boxes in millimetres as sheet.json has them, title, frame with degrees, scale, north, notes.
var MM = 96 / 25.4, NS = 'http://www.w3.org/2000/svg';

function sheetBoxes(paper, way) {
  var size = SHEET[paper], edge = SHEET.margin, wide = way === 'landscape', long = SHEET.papers[paper][0], short = SHEET.papers[paper][1];
  var w = wide ? long : short, h = wide ? short : long, top = edge + size.title, inner = w - 2 * edge, body = h - edge - top;
  var made = { w: w, h: h, size: size, paper: paper, way: way, title: { x: edge, y: edge, w: inner, h: size.title } };
  made.map = { x: edge, y: top, w: wide ? inner - size.side - size.gap : inner, h: wide ? body : body - size.foot - size.gap };
  made.key = wide ? { x: made.map.x + made.map.w + size.gap, y: top, w: size.side, h: body }
    : { x: edge, y: top + made.map.h + size.gap, w: inner, h: size.foot };
  return made;
}

function put(node, box) {
  node.style.left = box.x + 'mm';
  node.style.top = box.y + 'mm';
  node.style.width = box.w + 'mm';
  node.style.height = box.h + 'mm';
  return node;
}

// 1:750 000
function ratio(n) { return '1:' + String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0'); }

function drawSheet(plan) {
  var b = plan.boxes, paper = el('div.paper.' + b.way), key;
  SCREEN.plan = plan;
  ['text', 'small', 'head', 'sub'].forEach(function (name) { paper.style.setProperty('--' + name, b.size[name] + 'mm'); });
  paper.style.fontFamily = SHEET.fonts.map(function (name) { return name.indexOf(' ') < 0 ? name : '"' + name + '"'; }).join(', ');
  put(paper, { x: 0, y: 0, w: b.w, h: b.h });
  paper.appendChild(put(sheetTitle(), b.title));
  paper.appendChild(put(el('div.p-map', map.getContainer(), el('p.p-review', byId('review').textContent)), b.map));
  key = el('div.p-key', el('section.p-legend'), el('div.p-side', el('div.p-scale', northArrow(), scaleBar(plan.scale, b)), sheetNotes()));
  paper.appendChild(put(key, b.key));
  return paper;
}


function sheetTitle() {
  var plate = byId('plate'), county = PRINT.range === 'county' && S.selected ? say(UNITS[S.selected].n) + ' · ' : '';
  return el('header.p-title', el('span.p-atlas', say(D.atlas.title)),
    el('div', el('h1', plate.querySelector('h1').textContent), el('p', county + plate.querySelector('p').textContent)),
    el('span.p-secrecy', colon(t('furniture.secrecy'), t('secrecy.' + D.atlas.sensitivity))));
}

// What depends on sizes that only the laid sheet has.
function finishSheet(plan) {
  var paper = byId('printing').querySelector('.paper');
  fitTitle(paper.querySelector('.p-title'), plan.boxes);
  fitNotes(paper, plan.boxes);
  fitLegend(paper.querySelector('.p-legend'), plan.boxes);
}

// A long title becomes smaller, and takes more lines where it may.
function fitTitle(box, boxes) {
  var head = box.querySelector('h1'), size, room = (boxes.size.title - 2) * MM;
  for (size = 1; size > 0.2; size -= 0.05) {
    head.style.fontSize = (size * boxes.size.head).toFixed(2) + 'mm';
    head.style.whiteSpace = size > 0.6 ? 'nowrap' : 'normal';
    if (head.scrollWidth <= head.clientWidth && head.offsetHeight + head.nextSibling.offsetHeight <= room) { return; }
  }
}

function fitNotes(paper, boxes) {
  var side = paper.querySelector('.p-side'), notes = paper.querySelector('.p-notes'), size = 1;
  var most = boxes.way === 'landscape' ? 0.5 * boxes.key.h * MM : boxes.key.h * MM;
  while (side.scrollHeight > most + 1 && size > 0.6) {
    size -= 0.05;
    notes.style.fontSize = (size * boxes.size.small).toFixed(2) + 'mm';
  }
}

function placeMap(plan) {
  var b = plan.boxes, paper = byId('printing').querySelector('.paper'), review = paper.querySelector('.p-review'), at;
  map.invalidateSize({ animate: false, pan: false });
  LABELS = { county: b.size.text * MM, city: 1.25 * b.size.text * MM, beyond: -4, taken: [] };
  LABELS.taken.push([0, review.offsetTop - 4, review.offsetLeft + review.offsetWidth + 4, b.map.h * MM]);
  at = besideBox(plan, LABELS.taken[0]);
  map.setView(toDegrees(at.x, at.y), Math.log(1 / (PIXELS * 256 * plan.scale * PX_M)) / Math.LN2, { animate: false, reset: true });
  paper.appendChild(neatLine(b));
  placeNames();
}

// The middle of the map, moved to the upper right as far as the box at the lower left asks for, if there is room.
function besideBox(plan, box) {
  var b = plan.boxes, ground = plan.scale * PX_M, pad = b.size.pad * MM, w = b.map.w * MM, h = b.map.h * MM, c = plan.center, found = c;
  var roomX = Math.max(0, (w - plan.size.x / ground) / 2 - pad), roomY = Math.max(0, (h - plan.size.y / ground) / 2 - pad);
  var points = outlineMetres(wantedCounties()).filter(function (p) { return p.x < c.x && p.y < c.y; });
  [0, 1, 2, 3, 4, 5, 6, 7, 8].some(function (way) {
    return [[way, 0], [0, way], [way, way]].some(function (part) {
      var at = L.point(c.x - roomX * part[0] / 8 * ground, c.y - roomY * part[1] / 8 * ground);
      var free = points.every(function (p) { return w / 2 + (p.x - at.x) / ground > box[2] || h / 2 - (p.y - at.y) / ground < box[1]; });
      if (free) { found = at; }
      return free;
    });
  });
  return found;
}

function drawn(name, set, text) {
  var made = document.createElementNS(NS, name);
  Object.keys(set).forEach(function (key) { made.setAttribute(key, set[key]); });
  if (text) { made.textContent = text; }
  return made;
}

// A thin line around the map and a thick one around that; degrees stand inside.
var OUTER = 1;
function neatLine(boxes) {
  var b = boxes.map, edge = OUTER + 0.3, svg = drawn('svg', { 'class': 'p-neat', viewBox: [-edge, -edge, b.w + 2 * edge, b.h + 2 * edge].join(' ') });
  [[0, 0.15], [OUTER, 0.6]].forEach(function (row) {
    svg.appendChild(drawn('rect', { x: -row[0], y: -row[0], width: b.w + 2 * row[0], height: b.h + 2 * row[0], fill: 'none', stroke: '#222', 'stroke-width': row[1] }));
  });
  drawDegrees(svg, b, 0.85 * boxes.size.small);
  return put(svg, { x: b.x - edge, y: b.y - edge, w: b.w + 2 * edge, h: b.h + 2 * edge });
}

// 112°30′
function degreeText(value) {
  var minutes = Math.round(value * 60), rest = minutes % 60;
  return Math.floor(minutes / 60) + '°' + (rest ? (rest < 10 ? '0' : '') + rest + '′' : '');
}

// The smallest step, in minutes, that gives at most eight marks on the longer way.
var DEGREE_STEPS = [5, 10, 15, 30, 60, 120, 300, 600];
function degreeStep(span) {
  return (DEGREE_STEPS.filter(function (step) { return span * 60 / step <= 8; })[0] || 1800) / 60;
}

// Where along an edge of the frame a degree crosses it: millimetres from its beginning, and the degree.
function crossings(edge, at, step) {
  var found = [], from = at(0), to = at(edge), n = Math.ceil(Math.min(from, to) / step - 1e-9), low, high, i, mid;
  for (; n * step <= Math.max(from, to); n += 1) {
    low = 0;
    high = edge;
    for (i = 0; i < 40; i += 1) {
      mid = (low + high) / 2;
      if ((at(mid) < n * step) === (from < to)) { low = mid; } else { high = mid; }
    }
    found.push([low, n * step]);
  }
  return found;
}

function drawDegrees(svg, b, size) {
  var long = 1.5, edges = [[0, 1], [b.h, -1]], sides = [[0, 1], [b.w, -1]], step;
  function place(x, y) { return map.containerPointToLatLng([x * MM, y * MM]); }
  step = degreeStep(Math.max(place(b.w, b.h / 2).lng - place(0, b.h / 2).lng, place(b.w / 2, 0).lat - place(b.w / 2, b.h).lat));
  // The mark and its number, unless there is something already.
  function mark(x, y, dx, dy, value) {
    var text = degreeText(value), wide = text.length * size * 0.52, cx = x + dx * (long + 0.6 + wide / 2), cy = y + dy * (long + 0.4 + size / 2);
    var box = [cx - wide / 2, cy - size / 2, cx + wide / 2, cy + size / 2].map(function (mm) { return mm * MM; });
    if (box[0] < 4 || box[1] < 4 || box[2] > b.w * MM - 4 || box[3] > b.h * MM - 4 || collides(box, LABELS.taken)) { return; }
    LABELS.taken.push(box);
    svg.appendChild(drawn('path', { d: 'M' + x.toFixed(2) + ' ' + y.toFixed(2) + 'l' + dx * long + ' ' + dy * long, stroke: '#222', 'stroke-width': 0.2 }));
    svg.appendChild(drawn('text', { x: cx.toFixed(2), y: (cy + 0.36 * size).toFixed(2), 'font-size': size.toFixed(2) }, text));
  }
  edges.forEach(function (row) {
    crossings(b.w, function (x) { return place(x, row[0]).lng; }, step).forEach(function (at) { mark(at[0], row[0], 0, row[1], at[1]); });
  });
  sides.forEach(function (row) {
    crossings(b.h, function (y) { return place(row[0], y).lat; }, step).forEach(function (at) { mark(row[0], at[0], row[1], 0, at[1]); });
  });
}

function northArrow() {
  var made = byId('north').querySelector('svg').cloneNode(true), box = el('div.p-north', made);
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', t('furniture.north'));
  return box;
}

// A bar of two fields, up to some 45 mm long.
function scaleBar(denominator, boxes) {
  var most = (boxes.paper === 'A3' ? 45 : 34) * denominator / 1e6, power = Math.pow(10, Math.floor(Math.log(most) / Math.LN10)), km, mm, bar, numbers;
  km = [5, 2, 1].filter(function (step) { return step * power <= most; })[0] * power;
  mm = km * 1e6 / denominator;
  function field(part, filled) {
    var made = el('i' + (filled ? '.full' : ''));
    made.style.width = (mm / 4 * part).toFixed(3) + 'mm';
    return made;
  }
  function number(value, part) {
    var made = el('span', String(Number(value.toPrecision(6))));
    made.style.left = (mm * part).toFixed(2) + 'mm';
    return made;
  }
  bar = el('div.p-bar', field(1, true), field(1, false), field(2, true));
  bar.style.width = mm.toFixed(3) + 'mm';
  bar.setAttribute('data-km', km);
  numbers = el('div.p-numbers', number(0, 0), number(km / 2, 0.5), number(km, 1), el('em', t('measure.km')));
  numbers.style.width = bar.style.width;
  return el('div.p-ratio', el('p.p-numeric', ratio(denominator)), bar, numbers);
}

var MOST_SOURCES = 6;
function sheetSources() {
  var used = {}, names;
  visible().forEach(function (item) { used[LAYERS[item.l].d] = true; });
  viewDocuments().forEach(function (id) { used[id] = true; });
  names = Object.keys(D.documents).filter(function (id) { return used[id]; }).map(function (id) {
    var d = D.documents[id];
    return isPlan(d) ? '《' + d.t + '》' + (d.no ? '（' + d.no + '）' : '') : d.t;
  });
  if (names.length > MOST_SOURCES) { names = names.slice(0, MOST_SOURCES).concat([t('print.more_sources', { n: names.length })]); }
  return names.concat(D.atlas.notices.map(say)).join(S.lang ? '; ' : '；');
}

function sheetNotes() {
  var box = el('div.p-notes'), a = D.atlas;
  function add(key, value) { if (value) { box.appendChild(el('p', el('b', t(key)), colon('', value))); } }
  // What a map must not be taken for goes with it.
  if (D.page.note) { box.appendChild(el('p.p-caveat', say(D.page.note))); }
  add('furniture.system', t('furniture.system.value', { n: a.meridian }));
  add('furniture.sources', sheetSources());
  add('furniture.by', a.by);
  add('print.date', a.on);
  return box;
}

// The county's panel on paper of its own, unfolded but for the statements, which would fill a booklet.
function annex(plan) {
  var made = byId('panel').cloneNode(true), box;
  made.removeAttribute('id');
  made.removeAttribute('tabindex');
  made.className = 'county';
  bare(made);
  Array.prototype.forEach.call(made.querySelectorAll('[hidden]'), function (node) { node.hidden = false; });
  Array.prototype.forEach.call(made.querySelectorAll('details'), function (node) {
    node.open = node.className.indexOf('said') < 0;
  });
  box = el('div.annex', made);
  box.style.width = plan.boxes.w - 2 * SHEET.margin + 'mm';
  return box;
}

// A copy for paper: without ids, and without what only a screen can answer.
function bare(node) {
  Array.prototype.forEach.call(node.querySelectorAll('[id]'), function (part) { part.removeAttribute('id'); });
  Array.prototype.forEach.call(node.querySelectorAll('button, input, select, textarea'), function (part) { part.parentNode.removeChild(part); });
  return node;
}
