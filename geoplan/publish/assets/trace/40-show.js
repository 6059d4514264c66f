// A chain as a reader sees it: result, pieces, statements with file and source, or what rests on it.
var FIRST = 20;

function linkTo(ref, text) {
  var made = el('a', text);
  made.href = '#' + encodeURIComponent(ref) + (S.lang ? '&lang=en' : '');
  return made;
}

// What the keys of words of a code begin with, by the column's vocabulary.
var CODES = { basis: 'basis.', claim: 'claim.', grade: 'grade.', reason: 'reason.', state: 'state.' };

function figureText(figure, drawn) {
  var value = figure[1], measure = figure[2], about = drawn && measure !== 'features' ? t('legend.about') : '';
  if (measure === 'words') { return say(value); }
  if (typeof value === 'string') { return t(CODES[measure] + value); }
  if (measure === 'share') { return about + (100 * value).toFixed(1) + '%'; }
  return about + plain(value) + ' ' + t('measure.' + measure);
}

function plain(value) { return String(Number(value.toFixed(6))); }

function resultBlock(chain) {
  var body = el('tbody'), drawn = chain.figures.some(function (f) { return f[0] === 'basis' && f[1] === 'indicative'; });
  chain.figures.forEach(function (figure) {
    var head;
    if (figure[1] === null) { return; }
    head = el('th', t('trace.col.' + figure[0]));
    head.scope = 'row';
    body.appendChild(el('tr', head, el('td', figureText(figure, drawn))));
  });
  return el('section.step.result', el('h3', t('trace.result')), el('table.told', body));
}

function className(name) {
  var bits = name.replace(/~$/, '').split('/'), cls = classAt(bits[1] || '');
  return (cls < 0 ? name : say(titleOf(D.classes[cls]))) + (/~$/.test(name) ? (S.lang ? ' (' + t('extent.indicative') + ')' : '（' + t('extent.indicative') + '）') : '');
}

function pieceRow(piece) {
  var classes = piece[1] ? piece[1].split(';').map(className).join(S.lang ? '; ' : '；') : '—';
  return el('tr', el('td', say(unitName(piece[0]))), el('td.n', piece[2].toFixed(6)), el('td', classes));
}

function heads(names) {
  var row = el('tr');
  names.forEach(function (name) {
    var head = el('th' + name[1], name[0]);
    head.scope = 'col';
    row.appendChild(head);
  });
  return el('thead', row);
}

function sumWords(sum) {
  if (sum.equal === true) { return t('trace.equal'); }
  if (sum.equal === false) { return t('trace.unequal'); }
  return t(sum.result !== null && Number(sum.result.toPrecision(2)) === sum.result ? 'trace.rounded' : 'trace.other');
}

function sumBlock(sum) {
  var body = el('tbody'), table, box, name = counted('trace.pieces', sum.pieces.length);
  shown(sum.pieces, 'pieces').forEach(function (piece) { body.appendChild(pieceRow(piece)); });
  table = el('table.pieces', heads([[t('trace.piece.unit'), ''], [t('trace.col.area_km2') + ' (' + t('measure.km2') + ')', '.n'], [t('trace.piece.classes'), '']]), body);
  box = el('div.scroll', table);
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', name);
  return el('section.step', el('h3', name), box, more(sum.pieces, 'pieces'),
    el('p.sum' + (sum.equal ? '.good' : ''), el('b', t('trace.sum') + ' ' + sum.total.toFixed(6) + ' ' + t('measure.km2')), ' ', sumWords(sum)));
}

// Long lists are cut until a reader asks for the rest.
function shown(list, what) { return S.all[what] ? list : list.slice(0, FIRST); }

function more(list, what) {
  var made;
  if (list.length <= FIRST || S.all[what]) { return null; }
  made = el('button.link', t('trace.all', { n: list.length }));
  made.type = 'button';
  made.onclick = function () { S.all[what] = true; draw(); };
  return el('p', made);
}

function memberText(m) { return say(unitName(m.u)) + (S.lang ? ' (' : '（') + t('trace.evidence.' + m.why) + (S.lang ? ')' : '）'); }

function fact(key, text, chinese) {
  var value = el('dd', text);
  if (chinese && S.lang) { value.lang = 'zh-CN'; }
  return [el('dt', t(key)), value];
}

function sourceText(part) {
  var d = D.documents[part.document];
  if (!d) { return ''; }
  return (d[4] ? '《' + d[1] + '》' : d[1]) + (d[2] ? '（' + d[2] + '）' : '') + (part.section ? '，' + part.section : '');
}

function lineLinks(part) {
  var made = el('dd.at'), d = D.documents[part.document];
  part.lines.forEach(function (line, i) {
    if (i) { made.appendChild(document.createTextNode(S.lang ? ', ' : '、')); }
    made.appendChild(linkTo(d[0] + '@' + line, t('trace.lines', { n: line })));
  });
  if (!part.lines.length) { made.appendChild(document.createTextNode(t('trace.no_lines'))); }
  if (d && d[3]) { made.appendChild(el('small.sha', 'sha256 ' + d[3])); }
  return made;
}

function partBlock(part, ref) {
  var list = el('dl'), rows = [], title = part.ref === ref ? el('b', say(part.name)) : linkTo(part.ref, say(part.name)), made;
  if (part.members.length) { rows.push(fact('trace.members', part.members.map(memberText).join(S.lang ? '; ' : '、'))); }
  rows.push(fact('trace.file', part.file + ' ' + t('trace.file.line', { n: part.at })));
  rows.push(fact('trace.source', sourceText(part), true));
  rows.push([el('dt', ''), lineLinks(part)]);
  rows.forEach(function (row) { list.appendChild(row[0]); list.appendChild(row[1]); });
  made = el('li.part', el('p.what', title, ' ', el('span.tag', say(part.kind)), part.extent ? ' ' : null, part.extent ? el('span.tag', t('extent.' + part.extent)) : null), list);
  made.setAttribute('data-ref', part.ref);
  return made;
}

function partsBlock(chain) {
  var list = el('ul.parts');
  if (!chain.parts.length) { return el('p.note', t('trace.features.none')); }
  shown(chain.parts, 'parts').forEach(function (part) { list.appendChild(partBlock(part, chain.ref)); });
  return el('section.step', el('h3', counted('trace.features', chain.parts.length)), list, more(chain.parts, 'parts'));
}

function restsBlock(rests) {
  var list = el('ul.rests');
  shown(rests, 'rests').forEach(function (other) {
    list.appendChild(el('li', el('span.tag', t('trace.table.' + other.table)), ' ', linkTo(other.ref, say(other.name))));
  });
  return el('section.step', el('h3', counted('trace.rests', rests.length)), list, more(rests, 'rests'));
}

function byList(figures) { return figures.some(function (f) { return f[0] === 'basis' && f[1] === 'list'; }); }

function chainBlock(chain) {
  var made = el('article.chain', el('h2', say(chain.name)), el('p.ref', el('code', chain.ref)));
  if (chain.figures.length) { made.appendChild(resultBlock(chain)); }
  if (chain.sum) { made.appendChild(sumBlock(chain.sum)); }
  if (!chain.sum && (chain.table === 'overlaps' || chain.table === 'coverage') && chain.parts.length && byList(chain.figures)) { made.appendChild(el('p.note', t('trace.pieces.by_list'))); }
  made.appendChild(chain.rests ? restsBlock(chain.rests) : partsBlock(chain));
  return made;
}
