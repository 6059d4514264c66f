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
  return el('header.p-title', el('h1', plate.querySelector('h1').textContent), el('p', county + plate.querySelector('p').textContent));
}

// What depends on sizes that only the laid sheet has.
function finishSheet(plan) {
  var paper = byId('printing').querySelector('.paper');
  fitTitle(paper.querySelector('.p-title'), plan.boxes);
  fitNotes(paper, plan.boxes);
  paper.appendChild(neatLine(plan.boxes));
  fitLegend(paper.querySelector('.p-legend'), plan.boxes);
}

// A long title becomes smaller, and takes a second line where it may.
function fitTitle(box, boxes) {
  var head = box.querySelector('h1'), size, room = (boxes.size.title - frameStrip(boxes.size)) * MM;
  for (size = 1; size > 0.2; size -= 0.05) {
    head.style.fontSize = (size * boxes.size.head).toFixed(2) + 'mm';
    head.style.whiteSpace = size > 0.6 ? 'nowrap' : 'normal';
    if (head.scrollWidth <= head.clientWidth && head.offsetHeight + box.lastChild.offsetHeight <= room) { return; }
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

// Between the two neat lines stand the degrees.
function frameStrip(size) { return size.gap - 0.4; }

function placeMap(plan) {
  var frame = byId('printing').querySelector('.p-map'), size = plan.boxes.size, review = frame.querySelector('.p-review');
  map.invalidateSize({ animate: false, pan: false });
  LABELS = {
    county: size.text * MM, city: 1.25 * size.text * MM, beyond: -3,
    taken: [[0, frame.clientHeight - review.offsetHeight - 4, review.offsetLeft + review.offsetWidth + 4, frame.clientHeight]]
  };
  map.setView(plan.center, Math.log(1 / (PIXELS * 256 * plan.scale * PX_M)) / Math.LN2, { animate: false, reset: true });
}

function shape(name, set, text) {
  var made = document.createElementNS(NS, name);
  Object.keys(set).forEach(function (key) { made.setAttribute(key, set[key]); });
  if (text) { made.textContent = text; }
  return made;
}

function neatLine(boxes) {
  var b = boxes.map, strip = frameStrip(boxes.size), svg = shape('svg', { 'class': 'p-neat', viewBox: [b.x - strip, b.y - strip, b.w + 2 * strip, b.h + 2 * strip].join(' ') });
  function rect(out, width) {
    svg.appendChild(shape('rect', { x: b.x - out, y: b.y - out, width: b.w + 2 * out, height: b.h + 2 * out, fill: 'none', stroke: '#111', 'stroke-width': width }));
  }
  put(svg, { x: b.x - strip, y: b.y - strip, w: b.w + 2 * strip, h: b.h + 2 * strip });
  rect(0, 0.15);
  rect(strip - 0.3, 0.6);
  drawDegrees(svg, b, strip);
  return svg;
}

function degreeText(value, letters) {
  var whole = Math.floor(value + 1e-9), minutes = Math.round((value - whole) * 60);
  return whole + '°' + (minutes ? (minutes < 10 ? '0' : '') + minutes + '′' : '') + letters;
}

// Steps of degrees that give three to eight marks on the longer of both ways.
var DEGREES = [1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10];
function degreeStep(span) {
  return DEGREES.filter(function (step) { return span / step <= 8; })[0] || 30;
}

// Where along an edge of the frame a degree crosses it: places in millimetres from its beginning.
function crossings(edge, at, step) {
  var found = [], from = at(0), to = at(edge), value = Math.ceil(Math.min(from, to) / step - 1e-9) * step, low, high, i, mid;
  for (; value <= Math.max(from, to); value += step) {
    low = 0;
    high = edge;
    for (i = 0; i < 40; i += 1) {
      mid = (low + high) / 2;
      if ((at(mid) < value) === (from < to)) { low = mid; } else { high = mid; }
    }
    found.push([low, value]);
  }
  return found;
}

function drawDegrees(svg, b, strip) {
  var bounds = [map.containerPointToLatLng([0, b.h * MM / 2]), map.containerPointToLatLng([b.w * MM, b.h * MM / 2]),
    map.containerPointToLatLng([b.w * MM / 2, 0]), map.containerPointToLatLng([b.w * MM / 2, b.h * MM])];
  var step = degreeStep(Math.max(bounds[1].lng - bounds[0].lng, bounds[2].lat - bounds[3].lat));
  function place(x, y) { return map.containerPointToLatLng([x * MM, y * MM]); }
  function tick(x, y, dx, dy, text, turned) {
    var size = Math.min(2.2, strip * 0.8), tx = x + dx * strip / 2.3 + (turned ? 0 : 0.5), ty = y + dy * strip / 2.3 + (turned ? -0.5 : 0), set;
    svg.appendChild(shape('path', { d: 'M' + x + ' ' + y + 'l' + dx * (strip - 0.6) + ' ' + dy * (strip - 0.6), stroke: '#111', 'stroke-width': 0.15 }));
    set = { x: tx, y: ty + (turned ? 0 : size * 0.36), 'font-size': size, fill: '#111' };
    if (turned) {
      set.x = tx + size * 0.36;
      set.transform = 'rotate(-90 ' + set.x + ' ' + ty + ')';
    }
    svg.appendChild(shape('text', set, text));
  }
  [[0, -1], [b.h, 1]].forEach(function (side) {
    crossings(b.w, function (x) { return place(x, side[0]).lng; }, step).forEach(function (row) {
      if (row[0] < b.w - 9) { tick(b.x + row[0], b.y + side[0], 0, side[1], degreeText(row[1], 'E'), false); }
    });
  });
  [[0, -1], [b.w, 1]].forEach(function (side) {
    crossings(b.h, function (y) { return place(side[0], y).lat; }, step).forEach(function (row) {
      if (row[0] > 9) { tick(b.x + side[0], b.y + row[0], side[1], 0, degreeText(row[1], 'N'), true); }
    });
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
  var most = (boxes.paper === 'A3' ? 45 : 34) * denominator / 1e6, power = Math.pow(10, Math.floor(Math.log(most) / Math.LN10)), km, mm;
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
  var bar = el('div.p-bar', field(1, true), field(1, false), field(2, true));
  bar.style.width = mm.toFixed(3) + 'mm';
  bar.setAttribute('data-km', km);
  return el('div.p-ratio', el('p.p-numeric', ratio(denominator)), bar,
    el('div.p-numbers', number(0, 0), number(km / 2, 0.5), number(km, 1), el('em', t('measure.km'))));
}

var MOST_SOURCES = 6;
function sheetSources() {
  var used = {}, names;
  visible().forEach(function (item) { used[LAYERS[item.l].d] = true; });
  names = Object.keys(D.documents).filter(function (id) { return used[id]; }).map(function (id) {
    var d = D.documents[id];
    return isPlan(d) ? '《' + d.t + '》' + (d.no ? '（' + d.no + '）' : '') : d.t;
  });
  if (names.length > MOST_SOURCES) { names = names.slice(0, MOST_SOURCES).concat([t('print.more_sources', { n: names.length })]); }
  return names.concat(D.atlas.notices.map(say)).join(S.lang ? '; ' : '；');
}

function sheetNotes() {
  var box = el('div.p-notes'), a = D.atlas;
  function add(key, value) { if (value) { box.appendChild(el('p', el('b', t(key)), (S.lang ? ': ' : '：') + value)); } }
  add('furniture.system', t('furniture.system.value', { n: a.meridian }));
  add('furniture.sources', sheetSources());
  add('furniture.by', a.by);
  add('print.date', a.as_of);
  add('furniture.secrecy', t('secrecy.' + a.sensitivity));
  return box;
}

// The county's panel on paper of its own, everything in it unfolded.
function annex(plan) {
  var made = byId('panel').cloneNode(true), box;
  made.removeAttribute('id');
  made.removeAttribute('tabindex');
  made.className = 'county';
  bare(made);
  Array.prototype.forEach.call(made.querySelectorAll('[hidden]'), function (node) { node.hidden = false; });
  Array.prototype.forEach.call(made.querySelectorAll('details'), function (node) { node.open = true; });
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
