// The legend of the sheet is that of the screen; one that is too long for its box shrinks, then takes columns.
var LEGEND_SIZES = [1, 0.92, 0.84, 0.75];

// What the screen's legend says now, folded or not.
function legendCopy() {
  var folded = LEGEND_FOLDED, made;
  LEGEND_FOLDED = false;
  drawLegend();
  made = bare(byId('legend').cloneNode(true));
  LEGEND_FOLDED = folded;
  drawLegend();
  return made;
}

function isHead(row) { return row.className.indexOf('group') >= 0 || row.querySelector('td.layer') !== null; }

// Sizes and numbers of columns in the order in which they are tried.
function legendTries(boxes, width) {
  var made = [], most = 1;
  LEGEND_SIZES.forEach(function (size) {
    var n;
    most = Math.max(1, Math.floor(width / MM / (16 * boxes.size.text * size)));
    for (n = 1; n <= most; n += 1) { made.push([n, size]); }
  });
  if (most < 2) { made.push([2, LEGEND_SIZES[LEGEND_SIZES.length - 1]]); }
  return made;
}

function fitLegend(box, boxes) {
  var copy = legendCopy(), head = copy.querySelector('.head'), body = copy.querySelector('.body'), rows, columns = el('div.p-columns'), rest = el('div.p-rest');
  rows = Array.prototype.slice.call(body.querySelectorAll('tr'));
  Array.prototype.slice.call(body.children).forEach(function (part) { if (part.tagName !== 'TABLE') { rest.appendChild(part); } });
  // A mark explains itself to a mouse, on paper it has to be said.
  if (head.querySelector('.tag')) { head.removeChild(head.querySelector('.tag')); }
  if (visible().some(function (item) { return item.b === 'geometry'; }) && !OWN) {
    rest.insertBefore(el('p.note', t('legend.county_level.note')), rest.firstChild);
  }
  clear(box);
  [head, columns, rest].forEach(function (part) { box.appendChild(part); });
  if (!legendTries(boxes, box.clientWidth).some(function (attempt) { return tryLegend(attempt).cut === null; })) { cutLegend(); }

  function tryLegend(attempt) {
    var parts;
    box.style.fontSize = (attempt[1] * boxes.size.text).toFixed(2) + 'mm';
    parts = columnsOf(columns, rows, attempt[0]);
    fillColumns(columns, parts, attempt[0]);
    return parts;
  }

  // Nothing is left out without being counted; of the two smallest settings the one that shows more.
  function cutLegend() {
    var more = el('p.p-more', t('print.more_classes', { n: rows.length })), last = legendTries(boxes, box.clientWidth).slice(-2), cuts;
    rest.insertBefore(more, rest.firstChild);
    cuts = last.map(function (attempt) { return tryLegend(attempt).cut; });
    if (cuts[0] >= cuts[1]) { tryLegend(last[0]); }
    more.textContent = t('print.more_classes', { n: rows.slice(Math.max(cuts[0], cuts[1])).filter(function (row) { return !isHead(row); }).length });
  }
}

// Rows in columns; cut is the first that finds no room, or null.
function columnsOf(box, rows, count) {
  var trial = fillColumns(box, { all: [rows], widths: null }, count), room = box.clientHeight, top = 0, made = { all: [[]], widths: cellWidths(trial), cut: null };
  var i, column, last;
  for (i = 0; i < rows.length && made.cut === null; i += 1) {
    column = made.all[made.all.length - 1];
    if (!column.length || rows[i].offsetTop + rows[i].offsetHeight - top <= room) {
      column.push(rows[i]);
    } else {
      // What heads the row goes with it.
      last = column.length;
      while (last > 1 && isHead(column[last - 1])) { last -= 1; }
      i -= column.length - last;
      made.all[made.all.length - 1] = column.slice(0, last);
      if (made.all.length === count) { made.cut = i; } else {
        made.all.push([rows[i]]);
        top = rows[i].offsetTop;
      }
    }
  }
  return made;
}

// Widths of cells of the first row that has one for each column.
function cellWidths(table) {
  var found = null;
  Array.prototype.some.call(table.rows, function (row) {
    if (row.cells.length > 3) { found = Array.prototype.map.call(row.cells, function (cell) { return cell.offsetWidth; }); }
    return found;
  });
  return found;
}

function fillColumns(box, parts, count) {
  var table, width = (100 / count - (count > 1 ? 2 : 0)).toFixed(2) + '%';
  clear(box);
  parts.all.forEach(function (rows) {
    var body = el('tbody');
    table = el('table', parts.widths ? colgroup(parts.widths) : null, body);
    if (parts.widths) { table.className = 'fixed'; }
    table.style.width = width;
    rows.forEach(function (row) { body.appendChild(row); });
    box.appendChild(table);
  });
  return table;
}

function colgroup(widths) {
  var made = el('colgroup');
  widths.forEach(function (width) {
    var column = el('col');
    column.style.width = width + 'px';
    made.appendChild(column);
  });
  return made;
}
