// From a row to what it rests on, by the same rules as the command `geoplan trace`.
function basisOf(f) { return EXTENT_BASIS[D.extents[f[F.x]]] || 'list'; }

function meet(a, b) { return Object.keys(a).some(function (code) { return b[code]; }); }

// A shape concerns a unit where it enters a county of it, whole units where they share counties,
// a list where the unit, or one inside it, is named.
function isIn(f, u) {
  if (f[F.drawn] !== 0) { return f[F.drawn].some(function (county) { return INSIDE[u][county]; }); }
  return membersOf(f).some(function (m) {
    return basisOf(f) === 'list' ? CHAINS[m.u].indexOf(u) >= 0 : meet(INSIDE[u], INSIDE[m.u]);
  });
}

function concerning(label, u, bases) {
  return (OF_LABEL[D.labels[label].join('|')] || []).filter(function (i) {
    var f = D.features[i];
    return D.extents[f[F.x]] !== 'statement' && bases.indexOf(basisOf(f)) >= 0 && (u < 0 || isIn(f, u));
  });
}

// What a claim is of: a layer, or its feature or class behind a slash.
function selected(of) {
  var layer = layerAt(of.split('/')[0]), part = of.split('/').slice(1).join('/'), found = [], one = featureAt(of);
  if (part && one >= 0) { return [one]; }
  D.features.forEach(function (f, i) {
    if (f[F.l] === layer && (!part || D.classes[f[F.c]][0] === part)) { found.push(i); }
  });
  return found;
}

function sumOf(pieces, result, compared) {
  var total = pieces.reduce(function (sum, piece) { return sum + piece[2]; }, 0);
  var equal = compared && result !== null ? Math.abs(total - result) <= 1e-6 : null;
  return { pieces: pieces, total: total, result: result, equal: equal };
}

function piecesIn(u, wanted) {
  return D.pieces.filter(function (piece) {
    return (u < 0 || INSIDE[u][piece[0]]) && wanted(piece[1].split(';'));
  });
}

function written(label) { return D.layers[D.labels[label][0]][0] + '/' + D.classes[D.labels[label][1]][0]; }

function holds(classes, name) { return classes.indexOf(name) >= 0; }

function sumOfCoverage(row) {
  var exact = D.bases[row[2]] === 'geometry', name = written(row[1]) + (exact ? '' : '~');
  if (row[3] === null) { return null; }
  return sumOf(piecesIn(row[0], function (classes) { return holds(classes, name); }), row[3], exact);
}

function sumOfPair(a, b, u, basis, area) {
  var exact = basis === 'geometry', sides = [written(a), written(b)];
  if (area === null) { return null; }
  return sumOf(piecesIn(u, function (classes) {
    var drawn = sides.some(function (side) { return holds(classes, side + '~'); });
    return (exact || drawn) && sides.every(function (side) {
      return holds(classes, side) || (!exact && holds(classes, side + '~'));
    });
  }), area, exact);
}

// A figure may be computed in another way than from all of a class: then nothing is said.
function unlessOther(sum) {
  if (sum && !sum.equal) { sum.equal = null; }
  return sum;
}

function partOf(i, u) {
  var f = D.features[i], layer = D.layers[f[F.l]], members = membersOf(f);
  if (u >= 0) {
    members = members.filter(function (m) { return CHAINS[m.u].indexOf(u) >= 0 || CHAINS[u].indexOf(m.u) >= 0; });
  }
  return {
    ref: 'features:' + layer[0] + '/' + f[F.id], name: [f[F.zh], f[F.en]], kind: titleOf(D.classes[f[F.c]]),
    extent: D.extents[f[F.x]], members: members, file: layer[4], at: f[F.at],
    document: layer[3], section: D.texts[f[F.s]], lines: lineNumbers(f[F.lines])
  };
}

function partsOf(list, u) {
  return list.filter(function (i, at) { return list.indexOf(i) === at; }).map(function (i) { return partOf(i, u); });
}

function coverageChain(row) {
  var rest = D.layers[D.labels[row[1]][0]][0] + '/' + D.classes[D.labels[row[1]][1]][0] + '/' + D.bases[row[2]];
  return {
    ref: 'coverage:' + D.units[row[0]][0] + '/' + rest, table: 'coverage', name: joined(unitName(row[0]), labelName(row[1])),
    figures: [['area_net_km2', row[3], 'km2'], ['area_gross_km2', row[4], 'km2'], ['length_km', row[5], 'km'],
      ['share_of_unit', row[7], 'share'], ['share_of_class', row[8], 'share'], ['count', row[6], 'features'],
      ['basis', D.bases[row[2]], 'basis'], ['state', 'concerned', 'state']],
    sum: sumOfCoverage(row), parts: partsOf(concerning(row[1], row[0], [D.bases[row[2]]]), row[0])
  };
}

// Of a unit that a layer does not concern: why.
function stateChain(u, layer) {
  var state = D.states[D.states_of[layer].charAt(u)];
  if (!state) { return null; }
  return {
    ref: 'coverage:' + D.units[u][0] + '/' + D.layers[layer][0] + '//list', table: 'coverage',
    name: joined(unitName(u), titleOf(D.layers[layer])), sum: null, parts: [],
    figures: [['count', 0, 'features'], ['basis', 'list', 'basis'], ['state', state, 'state']]
  };
}

var ALLOWED = { geometry: ['geometry'], indicative: ['geometry', 'indicative'], list: ['geometry', 'indicative', 'list'] };

function pairChain(row) {
  var basis = D.bases[row[4]], u = row[3], bases = ALLOWED[basis];
  return {
    ref: 'overlaps:' + longId(row[2]), table: 'overlaps', name: pairName(u, row[0], row[1]),
    figures: [['area_km2', row[6], 'km2'], ['share_of_a', row[7], 'share'], ['share_of_b', row[8], 'share'],
      ['uncertainty', row[9], 'share'], ['units', row[5], 'units'], ['basis', basis, 'basis']],
    sum: sumOfPair(row[0], row[1], u, basis, row[6]),
    parts: partsOf(concerning(row[0], u, bases).concat(concerning(row[1], u, bases)), u)
  };
}

function pairName(u, a, b) {
  var first = labelName(a), second = labelName(b);
  return joined(unitName(u), [first[0] + ' × ' + second[0], first[1] + ' × ' + second[1]]);
}

function featureChain(i) {
  var part = partOf(i, -1);
  return { ref: part.ref, table: 'features', name: part.name, figures: [], sum: null, parts: [part] };
}

function memberChain(i, m) {
  var f = D.features[i];
  return {
    ref: 'memberships:' + longId(m.id), table: 'memberships', name: joined(unitName(m.u), [f[F.zh], f[F.en]]),
    figures: [], sum: null, parts: [partOf(i, m.u)]
  };
}

// A figure as its layer has it.
function figurePart(row) {
  var layer = layerAt(row[1].split('/')[0]);
  return {
    ref: 'stated:' + longId(row[0]), name: row[3], kind: row[2], extent: null, members: [], file: layer < 0 ? '' : D.layers[layer][4], at: row[13],
    document: layer < 0 ? -1 : D.layers[layer][3], section: D.texts[row[11]], lines: lineNumbers(row[12])
  };
}

// What a claim checks, and what it was made of.
function figureParts(row) {
  if (!row[14]) { return [figurePart(row)]; }
  return row[14].map(function (ref) {
    var at = ref.indexOf(':'), key = ref.slice(at + 1), found;
    if (ref.slice(0, at) === 'stated') { return figurePart(withId(D.claims, 0, shortId(key))); }
    found = BY_KEY.indicators(key.split('/'));
    return found && found.parts[0];
  }).filter(Boolean);
}

function claimChain(row) {
  var list = selected(row[1]);
  return {
    ref: 'claims:' + longId(row[0]), table: 'claims', name: joined(joined(claimOf(row[1]), row[2]), row[3]),
    figures: [['published', row[3], 'words'], ['computed', row[6], row[5]], ['difference', row[7], row[5]],
      ['tolerance', row[8], row[5]], ['status', row[9], 'claim'], ['reason', row[10], 'reason']],
    sum: claimSum(row, list), parts: figureParts(row).concat(partsOf(list, -1))
  };
}

function claimOf(of) {
  var at = featureAt(of), bits = of.split('/'), layer = layerAt(bits[0]), cls = classAt(bits[1] || '');
  if (at >= 0) { return [D.features[at][F.zh], D.features[at][F.en]]; }
  if (layer < 0) { return [of, of]; }
  return cls < 0 ? titleOf(D.layers[layer]) : joined(titleOf(D.layers[layer]), titleOf(D.classes[cls]));
}
