// A county for Word and WPS: real tables with their own styles, and the same as plain text with tabs.
var INK = '#000000', FONT = 'font-family:SimSun,宋体,serif;font-size:10.5pt;line-height:1.5;color:' + INK;
var CELL = 'border:0.5pt solid #000000;padding:2pt 4pt;vertical-align:top;text-align:left;' + FONT;
var MARKS = {
  breaks: '#f8e4dc', coordinate: '#fbf0d9', attention: '#e3ecf3', compatible: '#e3f0e6',
  agrees: '#e3f0e6', differs: '#fbf0d9', inconsistent: '#f8e4dc', not_checkable: '#eceeef', status: '#eeeeee'
};

function styled(node, style) { node.setAttribute('style', style); return node; }

// Words can be a text or a node; a mark keeps its colour, which is a style of its own.
function inked(words, colour) { return styled(el('span', words), 'background:' + colour); }
function coloured(item) { return styled(el('span', '\u3000'), 'border:0.5pt solid #000000;background:' + cls(item).col); }
function statusWords(status) {
  return !status || status === 'in_force' ? null : inked(t('status.' + status), MARKS.status);
}

// What is copied grows in two forms at once.
function Report() {
  this.html = styled(el('div'), FONT);
  this.lines = [];
}

// Blocks within a cell end lines, in Word and as text.
function textOf(node) {
  var parts = [];
  if (node.nodeType === 3) { return node.data; }
  Array.prototype.forEach.call(node.childNodes, function (child) {
    parts.push(textOf(child) + (/^(P|DIV|LI)$/.test(child.tagName) ? '\n' : ''));
  });
  return parts.join('');
}

function oneLine(node) {
  return textOf(node).replace(/^[\s\u3000]+|\s+$/g, '').replace(/\s*\n\s*/g, '；').replace(/\t/g, ' ');
}

Report.prototype.line = function (node, style) {
  this.html.appendChild(styled(node, 'margin:0 0 3pt 0;' + FONT + (style ? ';' + style : '')));
  this.lines.push(oneLine(node));
};
Report.prototype.title = function (text) { this.line(el('p', text), 'font-size:16pt;font-weight:bold'); };
Report.prototype.head = function (text) {
  this.lines.push('');
  this.line(el('p', text), 'font-size:12pt;font-weight:bold;margin-top:9pt');
};
Report.prototype.para = function () { this.line(el.apply(null, ['p'].concat(Array.prototype.slice.call(arguments)))); };
Report.prototype.list = function (texts) {
  var box = styled(el('ul'), 'margin:0 0 3pt 18pt;padding:0;' + FONT), lines = this.lines;
  texts.forEach(function (text) {
    box.appendChild(styled(el('li', text), FONT));
    lines.push('· ' + oneLine(box.lastChild));
  });
  this.html.appendChild(box);
};
// The widths are percents of the page, as narrow columns would break after every sign.
Report.prototype.table = function (heads, rows, widths) {
  var box = el('table'), body = el('tbody'), lines = this.lines;
  if (!rows.length) { return; }
  function add(cells, tag, style) {
    var row = el('tr');
    cells.forEach(function (cell) {
      var made = styled(el(tag, cell), CELL + style);
      Array.prototype.forEach.call(made.querySelectorAll('p'), function (p) {
        if (!p.hasAttribute('style')) { styled(p, 'margin:0;' + FONT); }
      });
      if (typeof cell === 'string' && /^(约 |c\. )?[+−]?\d[\d.]*%?$/.test(cell)) { made.style.textAlign = 'right'; }
      row.appendChild(made);
    });
    body.appendChild(row);
    lines.push(Array.prototype.map.call(row.childNodes, oneLine).join('\t'));
  }
  add(heads, 'th', ';font-weight:bold;background:#f2f2f2');
  widths.forEach(function (width, i) { body.firstChild.childNodes[i].setAttribute('width', width + '%'); });
  rows.forEach(function (cells) { add(cells, 'td', ''); });
  box.setAttribute('border', '1');
  box.setAttribute('width', '100%');
  box.setAttribute('cellspacing', '0');
  box.appendChild(body);
  this.html.appendChild(styled(box, 'border-collapse:collapse;border:0.5pt solid #000000;margin:0 0 6pt 0;' + FONT));
};

// Several citations of one cell, each with its sentence below it.
function citedCell(rows) {
  var made = el('div');
  rows.forEach(function (row) {
    made.appendChild(styled(el('p', cite(row[0], row[1], '').textContent), 'margin:0;' + FONT));
    quotesAt(row[2]).forEach(function (text) {
      made.appendChild(styled(el('p', colon(t('quote.show'), text.replace(/\n/g, ' '))), 'margin:0;' + FONT + ';font-size:9pt'));
    });
  });
  return made;
}

function copyCounty(code) {
  var report = countyReport(code), done = false;
  function put(event) {
    event.clipboardData.setData('text/html', '<meta charset="utf-8">' + report.html.outerHTML);
    event.clipboardData.setData('text/plain', report.lines.join('\r\n') + '\r\n');
    event.preventDefault();
    event.stopPropagation();
    done = true;
  }
  // Works from a file and in old browsers, where the newer way is not allowed.
  document.addEventListener('copy', put, true);
  try { document.execCommand('copy'); } catch (fault) { done = false; }
  document.removeEventListener('copy', put, true);
  return done;
}

function copyButton(code) {
  var spoken = el('span.spoken'), made = button('button.copy', t('copy'), function () {
    var done = copyCounty(code);
    made.textContent = spoken.textContent = t(done ? 'copy.done' : 'copy.failed');
    made.classList.toggle('done', done);
    setTimeout(function () { made.textContent = t('copy'); made.classList.remove('done'); }, 2500);
  });
  made.title = t('copy.label');
  spoken.setAttribute('role', 'status');
  return el('span', made, spoken);
}
