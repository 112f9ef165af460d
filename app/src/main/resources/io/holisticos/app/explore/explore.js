// The health explorer. It asks the same routes as every other client, and shows what they answer; it works nothing out itself.
"use strict";

(() => {
  const $ = id => document.getElementById(id);
  const {say, dayText, ask, api, Refusal, Unreachable} = Page;
  const state = {member: null, own: false, prefers: false, days: 30, to: "", view: "charts"};
  let drawn = null; // the member whose days are on the page
  let turn = 0; // what was asked before the last turn is not shown any more
  let reason = null; // a value that the address asks about, until it was explained

  function tell(text, {kind = "", again} = {}) {
    const place = $("status");
    place.className = ("notice " + kind).trim();
    place.hidden = false;
    place.querySelector("p").textContent = text;
    const button = place.querySelector("button");
    button.hidden = !again;
    button.onclick = again ?? null;
  }

  function failed(error, again) {
    if (error instanceof Unreachable) {
      tell(say("failed.network"), {kind: "attention", again});
    } else if (!(error instanceof Refusal)) {
      throw error; // a fault of this page
    } else if (error.status === 401) {
      signedOut(say("failed.session"));
    } else if (error.status === 404) {
      tell(say("failed.unknown"), {kind: "attention"});
    } else if (error.status === 403) {
      tell(say("failed.forbidden"), {kind: "attention"});
    } else if (error.status === 429) {
      tell(say("failed.many", {seconds: error.problem?.retry_after_seconds ?? 60}), {kind: "attention", again});
    } else if (error.status < 500) {
      tell(say("failed.invalid", {detail: error.problem?.detail ?? "HTTP " + error.status}), {kind: "attention"});
    } else {
      tell(say("failed.service"), {kind: "attention", again});
    }
  }

  // Session

  /** Whoever comes next sees nothing of whoever was here. */
  function clear() {
    turn++;
    drawn = null;
    Days.clear();
    Why.clear();
    Preferences.clear();
  }

  function signedOut(text) {
    clear();
    $("explorer").hidden = true;
    $("sign-in").hidden = false;
    if (text) tell(text, {kind: "attention"});
    else $("status").hidden = true;
    $("credential").focus();
  }

  async function signIn() {
    const credential = $("credential").value.trim();
    try {
      if (!/^[\x21-\x7e]+$/.test(credential)) throw new Refusal(400, null); // no header can hold it
      const session = await ask("/session", {method: "POST", headers: {Authorization: "Bearer " + credential}});
      $("credential").value = "";
      signedIn(session);
    } catch (error) {
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) tell(say("signin.refused"), {kind: "attention"});
      else failed(error);
      $("credential").focus();
    }
  }

  /** A member who signed in sees their own days; a service names whose. */
  function signedIn({user_id: own, scopes}) {
    $("sign-in").hidden = true;
    $("explorer").hidden = false;
    state.prefers = scopes?.includes("preferences:write") ?? false; // a replica of the version before does not say
    state.own = own != null;
    if (state.own) state.member = own;
    $("member-field").hidden = state.own;
    $("member").required = !state.own;
    $("member").value = state.member ?? "";
    $("days").value = String(state.days);
    $("to").value = state.to;
    $("view").value = state.view;
    if (state.member) {
      show();
    } else {
      tell(say("ask.who"));
      $("member").focus();
    }
  }

  async function signOut() {
    try {
      await ask("/session", {method: "DELETE"});
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) return failed(error);
    }
    Object.assign(state, {member: null, to: ""});
    reason = null;
    history.replaceState(null, "", location.pathname);
    signedOut("");
  }

  // What is asked for

  function fromAddress() {
    const wanted = new URLSearchParams(location.search);
    state.member = wanted.get("user") || null;
    state.days = [7, 30, 90, 366].find(days => String(days) === wanted.get("days")) ?? 30;
    state.to = Page.isDay(wanted.get("to")) ? wanted.get("to") : "";
    state.view = wanted.get("view") === "table" ? "table" : "charts";
    const metric = wanted.get("metric");
    const date = wanted.get("date");
    reason = Page.isMetric(metric) && Page.isDay(date) ? {metric, date} : null;
  }

  function toAddress(more = {}) {
    const wanted = new URLSearchParams({user: state.member ?? "", days: String(state.days), ...(state.to ? {to: state.to} : {}), view: state.view, ...more});
    history.replaceState(null, "", location.pathname + "?" + wanted);
  }

  async function show() {
    const member = state.member;
    if (drawn !== member) clear();
    const mine = ++turn;
    const isCurrent = () => mine === turn;
    toAddress(reason ?? {});
    tell(say("explore.loading", {days: state.days}));
    try {
      const to = state.to || (await ask(api("overview", member) + "?period=today")).date;
      const [days, {sources}] = await Promise.all([
        ask(api("days", member) + "?from=" + Page.before(to, state.days - 1) + "&to=" + to + "&details=false"),
        ask(api("sources", member)),
      ]);
      if (!isCurrent()) return false;
      drawn = member;
      Days.draw(days, sources, state.view, {value: (metric, date) => explain(member, metric, date), score: Why.score});
      tell(say("explore.shown", {days: days.length, to: dayText(to)}));
      if (state.prefers) await Preferences.show(member, sources.map(source => source.name), {isCurrent, failed, saved});
      if (isCurrent() && reason) {
        const {metric, date} = reason;
        reason = null;
        await explain(member, metric, date);
      }
      return isCurrent();
    } catch (error) {
      if (isCurrent()) failed(error, show);
      return false;
    }
  }

  async function saved() {
    if (await show()) tell(say("prefs.saved"), {kind: "done"});
  }

  async function explain(member, metric, date) {
    const path = api("explain", member) + "?metric=" + encodeURIComponent(metric) + "&date=" + date;
    try {
      const why = await ask(path);
      if (drawn !== member) return;
      toAddress({metric, date});
      Why.show(why, path);
    } catch (error) {
      if (drawn === member) failed(error, () => explain(member, metric, date));
    }
  }

  // From the start

  async function begin() {
    if ($("explorer").dataset.session === "none") return signedOut("");
    try {
      signedIn(await ask("/session"));
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) signedOut("");
      else failed(error, begin);
    }
  }

  $("sign-in").querySelector("form").addEventListener("submit", event => {
    event.preventDefault();
    signIn();
  });
  $("sign-out").addEventListener("click", signOut);
  $("asking").addEventListener("submit", event => {
    event.preventDefault();
    if (!state.own) state.member = $("member").value.trim();
    state.to = $("to").value;
    state.days = Number($("days").value);
    state.view = $("view").value;
    show();
  });
  Why.onClose(() => { if (drawn !== null) toAddress(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", Days.redraw);
  fromAddress();
  begin();
})();
