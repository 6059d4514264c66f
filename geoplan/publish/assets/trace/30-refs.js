// References: what calls a row, and the row that it calls.
var COVERED = null, MEMBERS = null;

function coverageRow(u, label, basis) {
  if (!COVERED) { COVERED = places(D.coverage, function (row) { return row.slice(0, 3).join('|'); }); }
  return COVERED([u, label, basis].join('|'));
}

function claimSum(row, list) {
  var own = list.filter(function (i) { return D.extents[D.features[i][F.x]] !== 'statement'; }), names = {}, factor = AREAS[row[5]];
  var areal = own.length && own.every(function (i) { return ['whole', 'delimited'].indexOf(D.extents[D.features[i][F.x]]) >= 0; });
  if (row[6] === null || !areal || (row[4] !== 'area' && row[4] !== 'share')) { return null; }
  own.forEach(function (i) { names[D.layers[D.features[i][F.l]][0] + '/' + D.classes[D.features[i][F.c]][0]] = true; });
  return unlessOther(sumOf(piecesIn(-1, function (classes) {
    return classes.some(function (name) { return names[name]; });
  }), row[4] === 'area' && factor ? row[6] * factor : null, true));
}

// km² that measures of areas are.
var AREAS = { km2: 1, ha: 0.01, '10k_ha': 100, mu: 0.01 / 15, '10k_mu': 100 / 15, '100m_mu': 1e6 / 15, m2: 1e-6, '10k_m2': 0.01, '100m_m2': 100, '10k_km2': 1e4 };

function conflictChain(row) {
  var u = row[1], basis = D.bases[row[3]], list = [], sides = row[6];
  sides.forEach(function (side) {
    var label = D.labels[side[0]], one = featureAt(D.layers[label[0]][0] + '/' + side[1]);
    list = list.concat(one >= 0 ? [one] : concerning(side[0], u, ALLOWED.list));
  });
  [row[7], row[8]].forEach(function (said) {
    (said || '').split(/\s+/).forEach(function (ref) { if (featureAt(ref) >= 0) { list.push(featureAt(ref)); } });
  });
  return {
    ref: 'conflicts:' + longId(row[0]), table: 'conflicts', name: pairName(u, sides[0][0], sides[1][0]),
    figures: [['area_km2', row[4], 'km2'], ['share', row[5], 'share'], ['basis', basis, 'basis'], ['grade', row[2], 'grade']],
    sum: unlessOther(sumOfPair(sides[0][0], sides[1][0], u, basis, row[4])), parts: partsOf(list, u)
  };
}

function indicatorChain(row) {
  var layer = D.layers[row[0]], ref = 'indicators:' + [layer[0], row[1], row[2], row[3]].join('/');
  return {
    ref: ref, table: 'indicators', name: joined(joined(row[4], row[5]), row[6]), figures: [], sum: null,
    parts: [{ ref: ref, name: row[6], kind: row[5], extent: null, members: [], file: layer[4], at: row[10], document: row[7], section: D.texts[row[8]], lines: lineNumbers(row[9]) }]
  };
}

function findingChain(row) {
  var ref = 'findings:' + row[0] + '/' + row[1];
  return {
    ref: ref, table: 'findings', name: row[3], figures: [], sum: null,
    parts: [{ ref: ref, name: row[3], kind: WORDS['finding.' + row[2]] || [row[2], row[2]], extent: null, members: [], file: 'findings.toml', at: row[7], document: row[4], section: D.texts[row[5]], lines: lineNumbers(row[6]) }]
  };
}

function withId(rows, place, short) {
  return rows.filter(function (row) { return row[place] === short; })[0];
}

function overlapWith(short) {
  var full = withId(D.overlaps.full, 2, short), i, row, at;
  if (full) { return pairChain(full); }
  for (i = 0; i < D.overlaps.lists.length; i += 1) {
    row = D.overlaps.lists[i];
    at = row[2].indexOf(short) < 0 ? -1 : row[2].split(',').indexOf(short);
    if (at >= 0) {
      return pairChain([row[0], row[1], short, at ? row[3 + at] : -1, D.bases.indexOf('list'), at ? 1 : row[3], null, null, null, null]);
    }
  }
  return null;
}

function memberWith(short) {
  if (!MEMBERS) {
    MEMBERS = {};
    D.features.forEach(function (f, i) { membersOf(f).forEach(function (m) { MEMBERS[' ' + m.id] = [i, m]; }); });
  }
  return MEMBERS[' ' + short] ? memberChain(MEMBERS[' ' + short][0], MEMBERS[' ' + short][1]) : null;
}

// Rows that are looked up by their id.
var BY_ID = {
  claims: function (short) { var row = withId(D.claims, 0, short); return row ? claimChain(row) : null; },
  memberships: memberWith,
  overlaps: overlapWith,
  conflicts: function (short) { var row = withId(D.conflicts, 0, short); return row ? conflictChain(row) : null; }
};
BY_ID.stated = BY_ID.claims;

var BY_KEY = {
  coverage: function (keys) {
    var u = unitAt(keys[0]), layer = layerAt(keys[1]), cls = classAt(keys[2] || ''), at;
    if (u < 0 || layer < 0 || keys.length !== 4) { return null; }
    if (!keys[2]) { return keys[3] === 'list' ? stateChain(u, layer) : null; }
    at = cls < 0 ? -1 : coverageRow(u, labelAt(layer + '|' + cls), D.bases.indexOf(keys[3]));
    return at < 0 ? null : coverageChain(D.coverage[at]);
  },
  features: function (keys) { var at = featureAt(keys.join('/')); return at < 0 ? null : featureChain(at); },
  indicators: function (keys) {
    var row = D.indicators.filter(function (r) { return [D.layers[r[0]][0], r[1], r[2], r[3]].join('/') === keys.join('/'); })[0];
    return row ? indicatorChain(row) : null;
  },
  findings: function (keys) {
    var row = D.findings.filter(function (r) { return r[0] === keys[0] && String(r[1]) === (keys[1] || '0'); })[0];
    return row ? findingChain(row) : null;
  },
  units: function (keys) { var u = unitAt(keys[0]); return u < 0 ? null : unitChain(u); }
};

function unitChain(u) {
  var rests = D.coverage.filter(function (row) { return row[0] === u; }).map(coverageChain);
  return { ref: 'units:' + D.units[u][0], table: 'units', name: unitName(u), figures: [], sum: null, parts: [], rests: rests };
}

// All that cites a line.
function lineChain(document, line) {
  var d = documentAt(document), rests = [];
  if (d < 0) { return null; }
  function cites(found) {
    var part = found.parts[0];
    if (part.document === d && part.lines.indexOf(line) >= 0) { rests.push(found); }
  }
  D.features.forEach(function (f, i) {
    if (D.layers[f[F.l]][3] === d && lineNumbers(f[F.lines]).indexOf(line) >= 0) { rests.push(featureChain(i)); }
  });
  D.claims.forEach(function (row) { if (lineNumbers(row[12]).indexOf(line) >= 0) { cites(claimChain(row)); } });
  D.indicators.forEach(function (row) { cites(indicatorChain(row)); });
  D.findings.forEach(function (row) { cites(findingChain(row)); });
  D.conflicts.forEach(function (row) {
    if (row[6].some(function (side) { return side[2] === d && side[4] === line; })) { rests.push(conflictChain(row)); }
  });
  return {
    ref: document + '@' + line, table: 'line', figures: [], sum: null, parts: [], rests: rests,
    name: ['《' + D.documents[d][1] + '》第' + line + '行', D.documents[d][1] + ', line ' + line]
  };
}

// A reference, a bare id, layer/feature, a finding, the code of a unit, or document@line.
function chainOf(asked) {
  var at = asked.indexOf(':'), table = asked.slice(0, at), rest = asked.slice(at + 1), line = /^([^@\s]+)@(\d+)$/.exec(asked), found = null;
  if (line) { return lineChain(line[1], Number(line[2])); }
  if (at >= 0) {
    if (BY_ID[table]) { return BY_ID[table](shortId(rest)); }
    return BY_KEY[table] ? BY_KEY[table](rest.split('/')) : null;
  }
  if (/^r[0-9a-f]{12}$/.test(asked)) {
    ['claims', 'conflicts', 'memberships', 'overlaps'].forEach(function (name) { found = found || BY_ID[name](shortId(asked)); });
    return found;
  }
  ['features', 'units', 'findings'].forEach(function (name) { found = found || BY_KEY[name](asked.split('/')); });
  return found;
}
