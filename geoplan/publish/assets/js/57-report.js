// What a county's copy holds: the parts of its panel as tables, with sources at the end.
function together(list) { return list.join(S.lang ? '; ' : '、'); }
function countyReport(code) {
  var report = new Report(), u = UNITS[code], m = MEASURES[S.measure], city = UNITS[u.up];
  report.title(say(u.n));
  report.para(together([city ? say(city.n) : '', t('panel.code') + ' ' + code].filter(Boolean)));
  report.para(bracketed(colon(t('panel.area'), area(u.a) + ' ± ' + (u.u * m[0]).toFixed(S.measure === 'km2' ? 1 : m[1]) + ' ' + measureName()),
    t('panel.ellipsoidal')));
  [reportFunctions, reportView, reportMatters].concat(REPORTS, [reportLayers, reportRests, reportClaims, reportIndicators, reportFindings, reportStatements, reportSources])
    .forEach(function (part) { part(report, code); });
  return report;
}

function className(item) {
  var made = el('span', coloured(item), ' ', say(cls(item).t));
  if (cls(item).now) { made.appendChild(document.createTextNode(bracketed('', t('legend.today') + say(cls(item).now)))); }
  return made;
}

function layerName(layer) {
  var mark = statusWords(layer.st);
  return el('span', say(layer.t), mark ? ' ' : null, mark);
}

function reportFunctions(report, code) {
  var rows = [];
  dividing().forEach(function (layer) {
    functionsOf(layer, code).forEach(function (f) {
      rows.push([say(THEMES[layer.th].t), className({ c: f.c }), layerName(layer), citedCell([[layer.d, f.s, [f.q]]])]);
    });
    if (!functionsOf(layer, code).length && stateOf(layer, code) !== 'silent') {
      rows.push([say(THEMES[layer.th].t), t('state.' + restOf(layer, stateOf(layer, code))), layerName(layer), citedCell([[layer.d, '', []]])]);
    }
  });
  report.table([t('nav.themes'), t('panel.class'), t('copy.layer'), t('claims.citation')], rows, [13, 20, 22, 45]);
}

// What the view on the map says of the county, as its panel does.
function reportView(report, code) {
  var made = viewPart(code);
  if (!made) { return; }
  report.head(made.querySelector('.t').textContent);
  Array.prototype.forEach.call(made.querySelectorAll('.tag, p, h5, .feature'), function (node) {
    var bits = node.className === 'feature' ? node.childNodes : [node], text;
    if (node.parentNode.closest('p, .feature')) { return; }
    text = Array.prototype.map.call(bits, function (bit) { return bit.textContent.trim(); }).filter(Boolean).join(' ');
    if (text) { report.para(text); }
  });
}

function reasonWords(key, said) {
  if (said === undefined) { return null; }
  if (typeof said === 'string' || said.w) { return el('p', t(key) + (said.w ? say(said.w) : said)); }
  return el('p', t(key) + (said.length ? together(said.map(function (r) {
    return bracketed(say(r[1]), cite(D.layers[r[0]].d, r[2], '').textContent);
  })) : t('conflicts.elsewhere')));
}

function reportMatters(report, code) {
  var own = mattersOf(code);
  if (!own.length) { return; }
  report.head(t('conflicts'));
  report.table([t('grade'), t('copy.a'), t('copy.b'), bracketed(t('legend.area'), measureName()), t('legend.share.county'), t('copy.note'), t('claims.citation')],
    own.map(function (row) {
      var item = { b: BASES[row.b] }, list = item.b === 'list', note = el('div', el('p', t('basis.' + item.b)));
      [reasonWords('conflicts.reconciled', row.by), reasonWords('conflicts.overruled', row.over)].forEach(function (p) { if (p) { note.appendChild(p); } });
      return [inked(t('grade.' + row.g), MARKS[row.g]), sideName(row.s[0]), sideName(row.s[1]),
        list || row.km2 === undefined ? '' : area(row.km2, item), list || row.sh === undefined ? '' : share(row.sh, item), note,
        citedCell(row.s.map(function (side) { return [side[3][0], side[3][1], [side[4]]]; }))];
    }), [11, 16, 16, 10, 9, 14, 24]);
}

function basisName(item, own) {
  if (item.b === 'indicative') { return t('indicative'); }
  if (own.length && own[0].x !== 'whole') { return t('extent.' + own[0].x); }
  return item.b === 'geometry' ? t('legend.county_level') : t('basis.list');
}

function layerRows(code, vague) {
  var rows = [];
  D.layers.forEach(function (layer) {
    var shown = stateOf(layer, code) === 'concerned' ? featuresOn(layer, code) : [];
    D.items.forEach(function (item) {
      var f = figure(code, item), own, what;
      if (item.l !== layer.id || (item.b === 'indicative') !== vague || stateOf(layer, code) !== 'concerned') { return; }
      own = shown.filter(function (x) { return item.f.indexOf(x.id) >= 0; });
      if (!f && !own.length) { return; }
      what = el('div', el('p', className(item)));
      if (nameList(own, say(cls(item).t))) { what.appendChild(el('p', nameList(own, say(cls(item).t)))); }
      marksOf(own, say(layer.note)).forEach(function (mark) { what.appendChild(el('p', mark)); });
      rows.push([layerName(layer), what, basisName(item, own)].concat(layerFigures(f, item, own), [
        citedCell(bySection(own).filter(function (g, i, all) { return all.findIndex(function (o) { return o[0].s === g[0].s; }) === i; })
          .map(function (g) { return [layer.d, g[0].s, own.filter(function (x) { return x.s === g[0].s; }).map(function (x) { return x.q; })]; }))
      ]));
    });
  });
  return rows;
}

function layerFigures(f, item, own) {
  if (f && f.km2 !== null && item.b !== 'list') { return [area(f.km2, item), f.share === null ? '' : share(f.share, item)]; }
  if (f && f.km !== null && item.b === 'indicative') { return [t('legend.about') + Number(f.km.toPrecision(2)) + ' ' + t('measure.km'), '']; }
  return [t('legend.count', { n: f && f.n || own.length }), ''];
}

function reportLayers(report, code) {
  var heads = [t('copy.layer'), t('panel.class'), t('copy.basis'), bracketed(t('legend.area'), measureName()), t('legend.share.county'), t('claims.citation')];
  var exact = layerRows(code, false), vague = layerRows(code, true);
  if (exact.length) { report.head(t('copy.layers')); report.table(heads, exact, [17, 24, 10, 11, 9, 29]); }
  if (vague.length) { report.head(t('indicative.group')); report.table(heads, vague, [17, 24, 10, 11, 9, 29]); }
}

function reportRests(report, code) {
  var below = statementsFor(code).map(function (f) { return f.l; }), rows;
  rows = RESTS.map(function (why) {
    return [t('state.' + why), D.layers.filter(function (layer) {
      var state = stateOf(layer, code), own = !D.page.theme || layer.th === D.page.theme;
      return own && says(layer) && state !== 'concerned' && restOf(layer, state) === why && !(saysOnly(layer) && below.indexOf(layer.id) >= 0);
    }).map(function (layer) { return say(layer.t); })];
  }).filter(function (row) { return row[1].length; });
  if (!rows.length) { return; }
  report.head(t('copy.states'));
  report.table([t('copy.state'), t('copy.layer')], rows.map(function (row) { return [row[0], together(row[1])]; }), [18, 82]);
}

function reportClaims(report, code) {
  var own = D.claims.filter(function (c) { return claimHere(c, code); });
  if (!own.length) { return; }
  report.head(t('panel.claims'));
  report.table(['subject', 'published', 'computed', 'difference', 'status', 'citation'].map(function (key) { return t('claims.' + key); }),
    own.map(function (c) {
      var words = c.k === 'counted' ? 'count.' : 'claim.', status = el('div', el('p', inked(t(words + c.st), MARKS[c.st])));
      if (c.r) { status.appendChild(el('p', t('reason.' + c.r))); }
      return [colon(subject(c), say(c.n)), say(c.p), c.v === undefined ? '' : measured(num(c.v), c),
        c.df === undefined ? '' : measured(signed(c.df), c), status, citedCell([[c.d, c.s, [c.qt]]])];
    }), [21, 12, 13, 11, 13, 30]);
}

function reportIndicators(report, code) {
  var own = D.indicators.filter(function (row) { return row[0] === code; });
  if (!own.length) { return; }
  report.head(t('indicators'));
  report.table([t('indicators.name'), t('copy.value'), t('claims.citation')], own.map(function (row) {
    return [say(row[1]), say(row[2]), citedCell([[row[3][0], row[3][1], [row[3][3]]]])];
  }), [22, 38, 40]);
}

function reportFindings(report, code) {
  var own = D.findings.filter(function (x) { return x.u.indexOf(code) >= 0; });
  if (!own.length) { return; }
  report.head(t('findings'));
  report.table(['title', 'kind'].map(function (key) { return t('findings.' + key); }).concat([t('copy.note'), t('claims.citation')]), own.map(function (x) {
    return [say(x.t), t('finding.' + x.k), say(x.x), citedCell(x.at.map(function (at) { return [at[0], at[1], [at[3]]]; }))];
  }), [18, 10, 32, 40]);
}

// One entry for each document and theme: a province says hundreds of things of all its counties.
function reportStatements(report, code) {
  var order = ancestors(code), groups = {}, own = statementsFor(code);
  if (!own.length) { return; }
  report.head(t('copy.statements') + ' (' + own.length + ')');
  own.forEach(function (f) {
    var key = [order.indexOf(spokenOf(f, code)), LAYERS[f.l].d, D.themes.indexOf(THEMES[LAYERS[f.l].th]) + 100].join('|');
    (groups[key] || (groups[key] = [])).push(f);
  });
  report.list(Object.keys(groups).sort().map(function (key) {
    var bits = key.split('|'), place = say(UNITS[order[bits[0]]].n), d = D.documents[bits[1]], here = bits[0] === '0';
    var told = groups[key].map(function (f) {
      var quote = here ? quotesAt([f.q]).map(function (text) { return '　' + colon(t('quote.show'), text.replace(/\n/g, ' ')); }).join('') : '';
      return (f.s ? bracketed(say(f.n), f.s) : say(f.n)) + quote;
    });
    return el('span', cite(bits[1], '', '').textContent, d.st && d.st !== 'in_force' ? ' ' : null, statusWords(d.st), ' ',
      colon(place + ' · ' + say(D.themes[bits[2] - 100].t), told.join(S.lang ? '; ' : '；')));
  }));
}

function reportSources(report, code) {
  var a = D.atlas, used = {}, notes = [t('notice.county_level'), t('notice.within'), t('notice.indicative'), t('notice.claims')];
  report.head(t('copy.sources'));
  D.layers.forEach(function (layer) { used[layer.d] = true; });
  D.conflicts.forEach(function (row) { row.s.forEach(function (side) { used[side[3][0]] = true; }); });
  report.list(Object.keys(D.documents).filter(function (id) { return used[id]; }).map(function (id) {
    var d = D.documents[id], years = d.p[0] ? d.p[0] + '—' + (d.p[1] || '') : '';
    return el('span', cite(id, '', '').textContent, d.by ? '，' + d.by : null, years ? '，' + years : null, d.st ? '，' : null, d.st ? t('status.' + d.st) : null);
  }).concat(a.notices.map(say)));
  report.list(notes);
  [['furniture.as_of', a.as_of], ['furniture.secrecy', t('secrecy.' + a.sensitivity)], ['furniture.by', a.by], ['print.date', a.on], ['furniture.review', a.review]].forEach(function (row) {
    if (row[1]) { report.para(colon(t(row[0]), row[1])); }
  });
  if (!a.review) { report.para(t('furniture.no_review')); }
  report.para(colon(say(a.title), say(D.page.title) + (code ? ' #' + code : '')));
}
