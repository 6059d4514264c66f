// The table: classes as rows and columns, cells shaded by share or area.
var BINS = [0.1, 0.25, 0.5, 0.75];

// Shade 1 to 5 of a share.
function shade(value) {
  return 1 + BINS.filter(function (limit) { return value >= limit; }).length;
}

function drawTable() {
  var down = meeting(chosen(S.rows), chosen(S.columns)), across = meeting(chosen(S.columns), chosen(S.rows));
  var rows = down.shown, columns = across.shown, most = largest(rows, columns);
  var table = clear(byId('m-table')), body = el('tbody');
  drawLegend(down.left.concat(across.left));
  if (!rows.length) {
    table.appendChild(el('tbody', el('tr', el('td.nothing', t('matrix.nothing')))));
    return;
  }
  table.appendChild(heads(columns));
  rows.forEach(function (row) { body.appendChild(line(row, columns, most)); });
  table.appendChild(body);
}

function heads(columns) {
  var line = el('tr', el('th.corner', t('matrix.corner')));
  line.firstChild.scope = 'col';
  columns.forEach(function (place) {
    var side = SIDES[place], head = el('th', swatch(side), el('span', say(side.t)), status(side), el('small', say(side.l)));
    head.scope = 'col';
    line.appendChild(head);
  });
  return el('thead', line);
}

function swatch(side) {
  var made = el('i.swatch');
  made.style.background = side.col;
  return made;
}

function status(side) { return side.st ? el('em', say(side.st)) : null; }

function largest(rows, columns) {
  var most = 0;
  rows.forEach(function (row) {
    columns.forEach(function (column) {
      var pair = row === column ? null : between(row, column);
      if (pair && pair[0].net > most) { most = pair[0].net; }
    });
  });
  return most;
}

function line(row, columns, most) {
  var side = SIDES[row], head = el('th', swatch(side), say(side.t), ' ', status(side), el('small', say(side.l)));
  var made = el('tr', head);
  head.scope = 'row';
  columns.forEach(function (column) { made.appendChild(cell(row, column, most)); });
  return made;
}

function cell(row, column, most) {
  var made = el('td'), pair = row === column ? null : between(row, column), first = pair && pair[0];
  if (row === column) {
    made.className = 'own';
    made.appendChild(press(row, column, ownText(SIDES[row]), 'matrix.own'));
  } else if (first) {
    made.className = first.basis;
    if (first.net) { made.className += ' s' + shade(S.show === 'km2' ? first.net / most : first[S.show]); }
    made.appendChild(press(row, column, cellText(first), 'matrix.cell'));
  }
  return made;
}

function ownText(side) { return side.net ? km2(side.net, side) : '(' + side.n + ')'; }

// What is known by list only never has an area.
function cellText(one) {
  if (!one.net) { return '(' + one.n + ')'; }
  return (S.show === 'km2' ? km2(one.net, one) : percent(one[S.show], one)) + (hasGross(one) ? '*' : '');
}

function press(row, column, text, key) {
  var made = el('button', text);
  made.type = 'button';
  made.setAttribute('data-at', row + ' ' + column);
  made.setAttribute('aria-label', t(key, { a: say(SIDES[row].t), b: say(SIDES[column].t), value: text }));
  made.onclick = function () { openDetail(row, column, true); };
  return made;
}

function drawLegend(left) {
  var titles = left.map(function (place) { return say(SIDES[place].t); });
  var names = titles.filter(function (title, i) { return titles.indexOf(title) === i; });
  var box = clear(byId('m-legend')), ramp = el('p', t('matrix.legend'));
  ['0–10%', '10–25%', '25–50%', '50–75%', '75–100%'].forEach(function (text, i) {
    ramp.appendChild(el('span.key.s' + (i + 1), text));
  });
  if (S.show === 'km2') { ramp.appendChild(document.createTextNode(t('matrix.legend.most'))); }
  box.appendChild(ramp);
  box.appendChild(el('p.note', t('matrix.legend.indicative') + ' · ' + t('matrix.legend.list') + ' · ' + t('matrix.legend.own')));
  if (names.length) { box.appendChild(el('p.note', t('matrix.left', { list: names.join(lang() ? ', ' : '、') }))); }
  box.appendChild(el('p.note', t('matrix.legend.gross') + ' · ' + t('matrix.hint')));
}
