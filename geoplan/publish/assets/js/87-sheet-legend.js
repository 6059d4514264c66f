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
  clear(box);
  [head, columns, rest].forEach(function (part) { box.appendChild(part); });
  legendTries(boxes, box.clientWidth).some(function (attempt, i, all) {
    var parts;
    box.style.fontSize = (attempt[1] * boxes.size.text).toFixed(2) + 'mm';
    parts = columnsOf(columns, rows, attempt[0], i === all.length - 1 ? rest : null);
    if (parts) { fillColumns(columns, parts, attempt[0]); }
    return parts;
  });
}

// Rows in columns, or null where they do not fit; with `rest` what does not fit is counted there.
function columnsOf(box, rows, count, rest) {
  var trial = fillColumns(box, { all: [rows], widths: null }, count), room = box.clientHeight, made = { all: [[]], widths: null }, top = 0, over, more;
  made.widths = cellWidths(trial);
  over = place();
  if (over === null || !rest) { return over === null ? made : null; }
  more = el('p.p-more', '');
  rest.insertBefore(more, rest.firstChild);
  more.textContent = t('print.more_classes', { n: rows.length });
  room = box.clientHeight;
  over = place();
  more.textContent = t('print.more_classes', { n: rows.slice(over).filter(function (row) { return !isHead(row); }).length });
  return made;

  // Puts rows into columns; returns the first that finds no room, or null.
  function place() {
    var i, column, last, cut = null;
    made.all = [[]];
    top = 0;
    for (i = 0; i < rows.length && cut === null; i += 1) {
      column = made.all[made.all.length - 1];
      if (rows[i].offsetTop + rows[i].offsetHeight - top > room && column.length) {
        last = column.length;
        while (last && isHead(column[last - 1])) { last -= 1; }
        i -= column.length - last;
        made.all[made.all.length - 1] = column.slice(0, last);
        if (made.all.length === count || !last) { cut = i; } else {
          made.all.push([rows[i]]);
          top = rows[i].offsetTop;
        }
      } else {
        column.push(rows[i]);
      }
    }
    return cut;
  }
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
