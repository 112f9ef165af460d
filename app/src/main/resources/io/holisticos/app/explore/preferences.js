// A member's order of sources: what would change is shown before it is saved.
"use strict";

const Preferences = (() => {
  const {say, known, nameOf, make, withUnit, dayText, metricName} = Page;
  const section = document.getElementById("preferences");
  const form = section.querySelector("form");
  const difference = document.getElementById("difference");

  /** Nothing of a member is left on the page. */
  function clear() {
    section.hidden = true;
    form.replaceChildren();
    difference.replaceChildren();
    form.onsubmit = form.onchange = null;
  }

  /**
   * The form of a member, for whoever may save one. isCurrent: whether the page still shows that member; what comes later than that is
   * dropped. failed(error, again) and saved() tell how it went.
   */
  async function show(member, sources, {isCurrent, failed, saved}) {
    const path = Page.api("preferences", member);
    const now = await Page.ask(path);
    if (!isCurrent()) return;
    let tried = null;
    const save = make("button", {className: "small", type: "button", id: "save", text: say("prefs.save"), "aria-describedby": "save-first"});
    save.disabled = true;
    difference.replaceChildren();
    form.replaceChildren(...choices(now, sources),
      make("div", {className: "buttons"}, make("button", {className: "small", text: say("prefs.try")}), save),
      make("p", {className: "quiet", id: "save-first", text: say("prefs.first")}));
    section.hidden = false;

    async function attempt() {
      const body = wanted();
      try {
        const trial = await Page.ask(path + "?dry_run=true", {method: "PUT", body});
        if (!isCurrent()) return;
        tried = JSON.stringify(body);
        save.disabled = JSON.stringify(wanted()) !== tried;
        difference.replaceChildren(...changes(trial));
      } catch (error) {
        if (isCurrent()) failed(error, attempt);
      }
    }
    async function keep() {
      try {
        await Page.ask(path, {method: "PUT", body: JSON.parse(tried)});
        if (isCurrent()) saved();
      } catch (error) {
        if (isCurrent()) failed(error, keep);
      }
    }
    form.onchange = () => { save.disabled = JSON.stringify(wanted()) !== tried; };
    form.onsubmit = event => { event.preventDefault(); attempt(); };
    save.onclick = keep;
  }

  function choices(now, sources) {
    const possible = orders([...new Set([...now.order, ...sources])]);
    const ofMetrics = Page.metrics.map(metric => choice("order-of-" + metric.key, metricName(metric.key), possible, now.by_metric[metric.key], true));
    return [
      choice("order", say("prefs.general"), possible, now.order, !now.order.length),
      ...Page.families.map(family => choice("order-in-" + family, known("family.", family), possible, now.by_family[family], true)),
      make("details", {}, make("summary", {text: say("prefs.metrics")}), make("div", {}, ...ofMetrics)),
    ];
  }

  /** All orders of the sources. */
  function orders(names) {
    return names.length < 2 ? [names] : names.flatMap(first => orders(names.filter(name => name !== first)).map(rest => [first, ...rest]));
  }

  function choice(id, label, possible, chosen, usual) {
    const select = make("select", {id});
    if (usual) select.append(make("option", {value: "", text: say("prefs.usual")}));
    for (const order of possible) select.append(make("option", {value: order.join(","), text: order.map(nameOf).join(", ")}));
    select.value = (chosen ?? []).join(",");
    return make("span", {className: "field"}, make("label", {for: id, text: label}), select);
  }

  function wanted() {
    const orderOf = id => document.getElementById(id).value.split(",").filter(Boolean);
    const chosen = (beginning, names) => Object.fromEntries(names.map(name => [name, orderOf(beginning + name)]).filter(([, order]) => order.length));
    return {order: orderOf("order"), by_family: chosen("order-in-", Page.families), by_metric: chosen("order-of-", Page.metrics.map(metric => metric.key))};
  }

  function changes(trial) {
    const range = {from: dayText(trial.from), to: dayText(trial.to)};
    const rows = trial.days.flatMap(day => [
      ...day.changes.map(change => [day.date, metricName(change.metric), value(change.before, change.unit), value(change.after, change.unit)]),
      ...(day.workouts ?? []).map(change => [day.date, say("prefs.workout"), workout(change.before), workout(change.after)]),
      ...(day.missing ?? []).map(change => [day.date, metricName(change.metric), known("reason.", change.before), known("reason.", change.after)]),
    ]);
    if (!rows.length) return [make("p", {text: say("prefs.nothing", range)})];
    const head = [say("table.day"), say("prefs.metric"), say("prefs.before"), say("prefs.after")].map(text => make("th", {text, scope: "col"}));
    const body = rows.map(([date, ...cells]) => make("tr", {}, make("th", {text: dayText(date), scope: "row"}), ...cells.map(text => make("td", {text}))));
    return [make("p", {text: say("prefs.changes", {...range, values: rows.length, days: trial.days.length})}), Page.scrolling(say("prefs.try"), head, body)];
  }

  const value = (side, unit) => withUnit(side.value, unit) + " (" + nameOf(side.source) + ")";
  const workout = side => side ? nameOf(side.source) : say("prefs.elsewhere");

  return {show, clear};
})();
