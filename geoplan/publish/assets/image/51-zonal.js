// What a raster says of a unit: figures of the cells in it, exact shares of cells at its border. Never a value at a point.
var ZONAL = {};
(D.zonal || []).forEach(function (row) {
  var key = IMAGES[row[1]].k, of = ZONAL[key] || (ZONAL[key] = {}), unit = D.units[row[0]].c, at = of[unit] || (of[unit] = {});
  at[row[2] || ''] = {
    km2: row[3], share: row[4], covered: row[5], cells: row[6], mean: row[7], min: row[8], q10: row[9], q50: row[10], q90: row[11], max: row[12]
  };
});

function zonalOf(image, code, id) { return ((ZONAL[image.k] || {})[code] || {})[id || ''] || null; }

// As many decimals as the values ask for: a difference of a hundredth of what the picture spans is not told.
function valued(image, value) { return value === null ? t('legend.none') : value.toFixed(image.dig); }

function withUnit(image, text) { return image.u[0] ? text + ' ' + say(image.u) : text; }

function zonalLine(image, code) {
  var f = zonalOf(image, code, null), parts = [];
  [['raster.mean', f.mean], ['raster.min', f.min], ['raster.max', f.max]].forEach(function (row) {
    parts.push(t(row[0]) + ' ' + valued(image, row[1]));
  });
  return colon(say(UNITS[code].n), parts.join(S.lang ? ', ' : '，')) + (image.u[0] ? bracketed('', say(image.u)) : '');
}

// How much of the unit the cells with a value cover, and how many cells that is.
function coveredText(f) {
  var n = f.cells < 100 ? f.cells.toFixed(1) : String(Math.round(f.cells));
  return t('raster.covered', { share: share(f.covered), n: n });
}

function zonalRows(image, code) {
  var f = zonalOf(image, code, null);
  if (!f) { return []; }
  return [['raster.mean', f.mean], ['raster.min', f.min], ['raster.q10', f.q10], ['raster.q50', f.q50], ['raster.q90', f.q90], ['raster.max', f.max]]
    .map(function (row) { return [t(row[0]), valued(image, row[1])]; });
}

function zonalClasses(image, code) {
  return image.lg.map(function (row) {
    var f = zonalOf(image, code, row[2]);
    return f ? [row, cellArea(image, f.km2), f.share === null ? '' : share(f.share)] : null;
  }).filter(Boolean);
}

// What all rows of a unit have in common, with the cells of all classes.
function anyOf(image, code) {
  var of = (ZONAL[image.k] || {})[code] || {}, keys = Object.keys(of);
  return keys.length ? {
    covered: of[keys[0]].covered, cells: keys.reduce(function (sum, key) { return sum + of[key].cells; }, 0)
  } : null;
}

// Coarse cells give an area three digits and no more.
function cellArea(image, km2) {
  return image.rough ? String(Number((km2 * MEASURES[S.measure][0]).toPrecision(3))) : area(km2);
}

function zonalTable(image, code) {
  var made = el('table.zonal'), body = el('tbody');
  if (image.cat) {
    made.appendChild(el('thead', el('tr', el('th', t('panel.class')), el('th.n', measureName()), el('th.n', t('legend.share.county')))));
    zonalClasses(image, code).forEach(function (row) {
      var box = el('i.swatch.step');
      box.style.background = row[0][1];
      body.appendChild(el('tr', el('th', box, say(row[0][0])), el('td.n', row[1]), el('td.n', row[2])));
    });
  } else {
    zonalRows(image, code).forEach(function (row) { body.appendChild(el('tr', el('th', row[0]), el('td.n', withUnit(image, row[1])))); });
  }
  made.appendChild(body);
  return made;
}

function zonalEntry(image, code) {
  var layer = LAYERS[image.l], any = anyOf(image, code), made = el('div.of', el('h5', imageSwatch(image), say(layer.t)));
  if (image.syn) { made.appendChild(el('p.note.synthetic', t('raster.synthetic'))); }
  made.appendChild(el('p.note', say(image.n)));
  if (layer.note) { made.title = say(layer.note); }
  if (any && any.covered > 0) {
    made.appendChild(zonalTable(image, code));
    made.appendChild(el('p.note', coveredText(any)));
  } else {
    made.appendChild(el('p.rest', t('raster.nothing')));
  }
  made.appendChild(cite(layer.d, '', ''));
  return made;
}

PANEL_TOP.push(function (code) {
  var body = el('section.part.rasters', el('h4', el('span.t', t('raster.panel'))));
  IMAGES.forEach(function (image) { body.appendChild(zonalEntry(image, code)); });
  return body;
});

// The same as tables in what is copied.
REPORTS.push(function (report, code) {
  IMAGES.forEach(function (image) {
    var layer = LAYERS[image.l], any = anyOf(image, code);
    if (!any || !any.covered) { return; }
    report.head(colon(t('raster.panel'), say(layer.t)));
    if (image.syn) { report.para(t('raster.synthetic')); }
    report.para(say(image.n));
    if (image.cat) {
      report.table([t('panel.class'), bracketed(t('legend.area'), measureName()), t('legend.share.county')],
        zonalClasses(image, code).map(function (row) { return [say(row[0][0]), row[1], row[2]]; }), [50, 25, 25]);
    } else {
      report.table([t('raster.figure'), say(image.u) || t('raster.values')], zonalRows(image, code), [50, 50]);
    }
    report.para(coveredText(any));
    report.para(cite(layer.d, '', '').textContent);
  });
});
