// At the head of a county: the class that plans give to it as a whole, such as its main function.
// Layers that divide the scope of their document among whole counties say so; all of them are told.
function dividing() {
  return D.layers.filter(function (layer) { return layer.div && (!D.page.theme || layer.th === D.page.theme); });
}

function functionsOf(layer, code) {
  return featuresOn(layer, code).filter(function (f) { return f.x === 'whole' && layer.div.indexOf(f.c) >= 0; });
}

// A class as such, whatever it is drawn with on the map.
function block(id) {
  var made = el('i.swatch');
  made.style.background = D.classes[id].col;
  return made;
}

function functionRow(layer, f) {
  var c = D.classes[f.c], name = say(f.n) === say(c.t) ? null : el('span.fname', say(f.n));
  return el('div.entry', el('p.what', block(f.c), el('b', say(c.t)),
    c.now ? el('small', ' ' + t('legend.today') + say(c.now)) : null, ' ', statusMark(layer.st)),
    addTrace(el('div.feature', name, source(layer.d, f.s, f.ln, [f.q])), featureRef(f), say(f.n)));
}

// Nothing is said: then why, in the words of the four states.
function functionRest(layer, code) {
  var state = restOf(layer, stateOf(layer, code));
  return el('p.rest', el('span.state.' + state.split('.')[0], t('state.' + state)), ' ', say(layer.t));
}

function functionBlock(code) {
  var made = el('div.functions'), layers = dividing();
  D.themes.forEach(function (theme) {
    var own = layers.filter(function (layer) { return layer.th === theme.id; }), told = el('div');
    own.forEach(function (layer) {
      functionsOf(layer, code).forEach(function (f) { told.appendChild(functionRow(layer, f)); });
    });
    if (!told.firstChild) {
      own.forEach(function (layer) { if (stateOf(layer, code) !== 'silent') { told.appendChild(functionRest(layer, code)); } });
    }
    if (told.firstChild) { made.appendChild(el('h4', say(theme.t))); made.appendChild(told); }
  });
  return made.firstChild ? made : null;
}
