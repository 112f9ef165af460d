// What all parts of the explorer share: words and numbers in the reader's language, elements, and asking the service.
"use strict";

const Page = (() => {
  const root = document.body.dataset.root;
  const language = document.documentElement.lang;
  const reader = navigator.languages.find(one => one.split("-")[0] === language) ?? language; // en-GB writes days otherwise than en
  const contentOf = id => [...document.getElementById(id).content.children];
  const texts = new Map(contentOf("words").map(word => [word.dataset.word, word.textContent]));
  const metrics = contentOf("metrics").map(metric => ({...metric.dataset}));
  const families = contentOf("families").map(family => family.dataset.key);
  const SOURCES = {sahha: "Sahha", whoop: "WHOOP"};

  const exact = new Intl.NumberFormat(reader, {maximumFractionDigits: 3});
  const digits = [0, 1, 2].map(most => new Intl.NumberFormat(reader, {maximumFractionDigits: most}));
  const longDay = new Intl.DateTimeFormat(reader, {day: "numeric", month: "short", year: "numeric", timeZone: "UTC"});
  const shortDay = new Intl.DateTimeFormat(reader, {day: "numeric", month: "short", timeZone: "UTC"});
  const month = new Intl.DateTimeFormat(reader, {month: "short", timeZone: "UTC"});
  const monthOfYear = new Intl.DateTimeFormat(reader, {month: "short", year: "numeric", timeZone: "UTC"});
  const moment = new Intl.DateTimeFormat(reader, {dateStyle: "medium", timeStyle: "short"});

  function say(key, values = {}) {
    const text = texts.get(key);
    return text === undefined ? key : text.replace(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** The text of a word of the API; a word that is newer than this page stands for itself. */
  const known = (beginning, word) => texts.get(beginning + word) ?? word;
  const unitOf = unit => unit === "count" ? "" : known("unit.", unit);
  const number = value => exact.format(value);
  const rounded = value => digits[Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0].format(value);

  function make(tag, {text, className, ...attributes} = {}, ...children) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** A table that scrolls by itself. */
  function scrolling(label, head, rows) {
    return make("div", {className: "scroll", tabindex: "0", role: "region", "aria-label": label},
      make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
  }

  /** The service answered, and it was no. */
  class Refusal extends Error {
    constructor(status, problem) {
      super("status " + status);
      this.status = status;
      this.problem = problem;
    }
  }

  /** The service did not answer. */
  class Unreachable extends Error {}

  async function ask(path, {method = "GET", headers = {}, body} = {}) {
    const sent = {Accept: "application/json, application/problem+json", ...headers};
    if (method !== "GET") sent["X-Requested-With"] = "explore";
    if (body !== undefined) sent["Content-Type"] = "application/json";
    let answer;
    let text;
    try {
      answer = await fetch(root + path, {method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin"});
      text = await answer.text();
    } catch (error) {
      throw new Unreachable(error.message);
    }
    let json = null;
    try {
      json = text ? JSON.parse(text) : null;
    } catch {
      if (answer.ok) throw new Refusal(502, null); // not the service's words: something stands before it
    }
    if (!answer.ok) throw new Refusal(answer.status, json);
    return json;
  }

  return {
    root, metrics, families, say, known, unitOf, number, rounded, make, scrolling, ask, Refusal, Unreachable,
    api: (route, member) => "/api/v1/unified-health/" + route + "/" + encodeURIComponent(member),
    unitOfMetric: key => metrics.find(metric => metric.key === key)?.unit ?? "",
    isMetric: key => metrics.some(metric => metric.key === key),
    nameOf: source => SOURCES[source] ?? source,
    metricName: key => known("metric.", key),
    withUnit: (value, unit) => (number(value) + " " + unitOf(unit)).trim(),
    roundedWithUnit: (value, unit) => (rounded(value) + " " + unitOf(unit)).trim(),
    dayText: (date, short) => (short ? shortDay : longDay).format(new Date(date + "T00:00:00Z")),
    monthText: (date, withYear) => (withYear ? monthOfYear : month).format(new Date(date + "T00:00:00Z")),
    timeText: instant => moment.format(new Date(instant)),
    clock: at => at.slice(11, 16), // as the clock on the wall showed it, by the record's own offset
    isDay: text => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text + "T00:00:00Z")),
    before: (date, days) => new Date(Date.parse(date + "T00:00:00Z") - days * 86400000).toISOString().slice(0, 10),
  };
})();
