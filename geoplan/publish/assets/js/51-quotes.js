// Citations that unfold: the sentence of the plan's text, where the atlas was made with the texts.
function quotesAt(places) {
  return (places || []).filter(function (at, i, all) { return typeof at === 'number' && all.indexOf(at) === i; })
    .map(function (at) { return D.texts[at]; });
}

function source(documentId, section, lines, places) {
  var cited = cite(documentId, section, lines), texts = quotesAt(places), made, toggle, box;
  if (!texts.length) { return cited; }
  toggle = button('button.link.quote', t('quote.show'), function () {
    var open = toggle.getAttribute('aria-expanded') !== 'true';
    if (!box.firstChild) { fillQuotes(box, texts); }
    box.hidden = !open;
    toggle.setAttribute('aria-expanded', open);
    toggle.textContent = t(open ? 'quote.hide' : 'quote.show');
  });
  toggle.setAttribute('aria-expanded', 'false');
  box = el('blockquote.passage');
  box.lang = 'zh-CN';
  box.hidden = true;
  made = el('div.source', cited, ' ', toggle, box);
  return made;
}

function fillQuotes(box, texts) {
  texts.join('\n').split('\n').forEach(function (text) { box.appendChild(el('p', text)); });
}
