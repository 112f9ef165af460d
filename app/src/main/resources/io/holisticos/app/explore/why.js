// Why a value is what it is: the API's explanation as a dialog.
"use strict";

const Why = (() => {
  const {say, known, nameOf, make, number, withUnit, dayText, timeText, clock} = Page;
  const dialog = document.getElementById("why");
  const title = document.getElementById("why-title");
  const content = dialog.querySelector("div");

  function open(text, ...parts) {
    title.textContent = text;
    content.replaceChildren(...parts);
    if (!dialog.open) dialog.showModal();
  }

  function clear() {
    if (dialog.open) dialog.close();
    title.textContent = "";
    content.replaceChildren();
  }

  /** A score stands for itself: nothing competes with it, so there is no more to tell than the day has. */
  function score(name, title, day) {
    const value = day.scores[name];
    const of = say("why.title", {metric: title, date: dayText(day.date)});
    if (!value) {
      const reason = day.completeness.missing.find(one => one.metric === name)?.reason ?? "not_provided";
      open(of, make("p", {text: say("why.missing", {reason: known("reason.", reason)})}));
      return;
    }
    const parts = [make("p", {text: say("why.score", {value: number(value.value), scale: value.scale, source: nameOf(value.source)})})];
    if (value.state) parts.push(make("p", {text: say("why.state", {source: nameOf(value.source), state: value.state})}));
    open(of, ...parts);
  }

  /** path: where the same is as JSON. */
  function show(why, path) {
    const parts = why.value == null
      ? [make("p", {text: say("why.missing", {reason: known("reason.", why.missing)})})]
      : valueOf(why);
    if (why.candidates.length) parts.push(make("h3", {text: say("why.candidates")}), candidates(why));
    if (why.would_have_won.length) {
      parts.push(make("h3", {text: say("why.others")}), make("ul", {}, ...why.would_have_won.map(other => make("li", {
        text: say("why.other", {order: other.order.map(nameOf).join(", "), value: withUnit(other.value, why.unit), source: nameOf(other.source)}),
      }))));
    }
    parts.push(make("p", {className: "quiet"}, make("a", {href: Page.root + path, text: say("why.json")})));
    open(say("why.title", {metric: Page.metricName(why.metric), date: dayText(why.date)}), ...parts);
  }

  function valueOf(why) {
    const within = bound => why.tolerance.kind === "relative" ? number(bound) + " %" : withUnit(bound, why.unit);
    return [
      make("p", {className: "value", text: say("why.from", {value: withUnit(why.value, why.unit), source: nameOf(why.source)})}),
      make("p", {text: say("why.verdict." + why.verdict, {agree: within(why.tolerance.agree), conflict: within(why.tolerance.conflict)})}),
      make("p", {className: "quiet", text: say("why.rule", {rule: why.rule.split(" ").map(word => known("rule.", word)).join(", ")})}),
    ];
  }

  function candidates(why) {
    const head = ["source", "value", "measured", "known", "result"].map(name => make("th", {text: say("why." + name), scope: "col"}));
    const rows = why.candidates.map(one => make("tr", {},
      make("th", {text: nameOf(one.source), scope: "row"}),
      make("td", {text: one.value == null ? say("why.partial") : withUnit(one.value, why.unit)}),
      make("td", {text: [one.start, one.end].filter(Boolean).map(at => at.slice(0, 10) + " " + clock(at)).join(" – ")}),
      make("td", {text: one.recorded_at ? timeText(one.recorded_at) : ""}),
      result(one)));
    return Page.scrolling(say("why.candidates"), head, rows);
  }

  /** Reasons are the API's own sentences, in English. */
  function result(one) {
    if (one.echo) return make("td", {text: say("why.echo", {source: nameOf(one.echo_of)})});
    const reasons = new Set(one.gates.filter(gate => !gate.passed).map(gate => gate.why ?? say("why.gate", {gate: gate.gate})));
    if (one.lost_because) reasons.add(one.lost_because);
    return reasons.size ? make("td", {text: [...reasons].join(". "), lang: "en"}) : make("td", {text: say("why.shown")});
  }

  return {score, show, clear, onClose: listener => dialog.addEventListener("close", listener)};
})();
