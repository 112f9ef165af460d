// Makes a collection of the document, and of it the part that a run asks: node postman.js DOCUMENT COLLECTION ASKED
// Ids and the order of keys are made the same each time, so that two runs differ only where the document does.
const fs = require('fs');
const crypto = require('crypto');
const converter = require('openapi-to-postmanv2');

const [document, target, part] = process.argv.slice(2);
const input = { type: 'string', data: fs.readFileSync(document, 'utf8') };
const options = { folderStrategy: 'Tags', parametersResolution: 'Example',
  requestNameSource: 'Fallback', includeAuthInfoInExample: false, keepImplicitHeaders: false };

/** What reads, and the trial of preferences. The rest needs a browser, a signature, a fresh secret or cursor, or changes members. */
const NOT_ASKED = ['getSync', 'getConnectionStatus'];
const isAsked = id => /^(get|list|explain|stream)[A-Z]/.test(id) && !NOT_ASKED.includes(id) || id === 'replacePreferences';

converter.convertV2(input, options, (error, result) => {
  if (error || !result.result) throw error || new Error(result.reason);
  const collection = result.output[0].data;
  const ids = new Map();
  const operations = Object.entries(JSON.parse(input.data).paths).flatMap(([path, item]) => Object.entries(item)
    .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));
  const steady = (value, place) => {
    if (Array.isArray(value)) value.forEach((one, i) => steady(one, `${place}/${i}`));
    else if (value && typeof value === 'object') {
      for (const key of ['id', '_postman_id', 'uid']) {
        if (typeof value[key] === 'string' && /^[0-9a-f-]{36}$/.test(value[key])) {
          const hash = crypto.createHash('sha256').update(place + key).digest('hex');
          value[key] = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
        }
      }
      Object.entries(value).forEach(([key, inner]) => steady(inner, `${place}/${key}`));
    }
  };
  const prepare = (items, wanted) => items.flatMap(item => {
    if (item.item) {
      const inner = prepare(item.item, wanted);
      return inner.length ? [{ ...item, item: inner }] : [];
    }
    const path = '/' + item.request.url.path.map(part => part.replace(/^:(.*)/, '{$1}')).join('/');
    const { operation } = operations.find(one => one.method === item.request.method && one.path === path);
    if (!wanted(operation.operationId)) return [];
    item.name = operation.summary;
    item.response = []; // the document has them
    for (const parameter of [...(item.request.url.query || []), ...(item.request.url.variable || [])]) {
      const known = operation.parameters.find(one => one.name === parameter.key);
      if (known.in === 'query') parameter.disabled = known.example === undefined; // what has none stays at its default
      parameter.value = String(known.example ?? known.schema.default ?? ''); // the converter would make one up, another each time
    }
    for (const field of item.request.body?.urlencoded || []) field.value = ''; // one of its words, another each time
    for (const header of item.request.header || []) {
      if (header.key === 'If-None-Match') header.disabled = true;
    }
    if (isAsked(operation.operationId)) {
      item.event = [{ listen: 'test', script: { type: 'text/javascript', exec: [
        "pm.test('succeeds', () => pm.expect(pm.response.code).to.be.within(200, 299));",
        "pm.test('is JSON', () => pm.response.text().trim().split('\\n').forEach(line => JSON.parse(line)));"] } }];
    }
    return [item];
  });
  collection.item = prepare(collection.item, () => true);
  collection.auth = { type: 'apikey', apikey: [{ key: 'key', value: 'X-API-Key' }, { key: 'value', value: '{{apiKey}}' }, { key: 'in', value: 'header' }] };
  collection.variable = [{ key: 'baseUrl', value: 'http://localhost:8080' }, { key: 'origin', value: 'http://localhost:8080' }, { key: 'apiKey', value: 'sandbox-key' }];
  steady(collection, '');
  fs.writeFileSync(target, JSON.stringify(collection, null, 2) + '\n');
  collection.item = prepare(collection.item, isAsked);
  fs.writeFileSync(part, JSON.stringify(collection));
});
