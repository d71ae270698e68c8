"use strict";
const $ = (id) => document.getElementById(id);
const user = $("user");
user.value = new URLSearchParams(location.search).get("user") || localStorage.user || "oPlayer0001simulated";
let shown = 0;
let menuShown = "";

function element(tag, classes, text) {
  const made = document.createElement(tag);
  made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function push(body) {
  const answer = await fetch("/sim/push", { method: "POST", body: JSON.stringify({ open_id: user.value, ...body }) });
  const outcome = await answer.json();
  const state = outcome.accepted ? "已接收" : `被拒绝（HTTP ${outcome.status}）`;
  $("log").textContent = `${body.type} ${body.event || ""}：${state}，推送 ${outcome.attempts} 次\n` + $("log").textContent;
  await refresh();
}

/** Text with the links that an official account may use. */
function words(text) {
  const made = element("span", "");
  for (const part of String(text || "").split(/(https?:\/\/[^\s，。）]+)/)) {
    if (/^https?:/.test(part)) {
      const link = element("a", "", part);
      link.href = part;
      link.target = "_blank";
      made.append(link);
    } else made.append(part);
  }
  return made;
}

function option(item) {
  const made = element("button", "option", item.content);
  made.onclick = () => push({ type: "text", content: item.content, fields: { bizmsgmenuid: item.id } });
  return made;
}

function picture(id) {
  const made = element("img", "");
  made.src = `/sim/medium/${id}`;
  made.alt = "[图片]";
  return made;
}

function bubble(entry) {
  const made = element("div", `bubble ${entry.who}`);
  const content = entry.content || {};
  if (entry.kind === "msgmenu") {
    made.append(words(content.head_content));
    for (const item of content.list) made.append(option(item));
    made.append(words(content.tail_content));
  } else if (entry.kind === "image") made.append(picture(content.media_id || content.MediaId));
  else if (entry.kind === "text") made.append(words(content.content || content.Content));
  else made.append(words(`[${entry.kind}] ${content.Recognition || content.Label || content.Title || ""}`));
  if (entry.ai) made.append(element("span", "ai", "内容由 AI 生成"));
  return made;
}

function show(entry) {
  if (entry.who === "system" || entry.who === "event") {
    const text = entry.who === "event" ? `${entry.kind} ${entry.content}` : entry.content;
    $("chat").append(element("div", "line", text));
  } else if (entry.who === "notice") {
    const rows = Object.values(entry.content || {}).map((field) => field.value);
    $("chat").append(element("div", "bubble notice", `服务通知\n${rows.join("\n")}`));
  } else $("chat").append(bubble(entry));
  $("chat").lastElementChild.scrollIntoView({ block: "end" });
}

function showMenu(menu) {
  if (JSON.stringify(menu) === menuShown) return;
  menuShown = JSON.stringify(menu);
  $("menu").replaceChildren(...((menu && menu.button) || []).map((top) => {
    const cell = element("div", "");
    const head = element("button", "", top.name);
    head.onclick = () => press(top);
    const list = element("ul", "");
    for (const sub of top.sub_button || []) {
      const item = element("button", "", sub.name);
      item.onclick = () => press(sub);
      const row = element("li", "");
      row.append(item);
      list.append(row);
    }
    cell.append(list, head);
    return cell;
  }));
}

function press(button) {
  if (button.type === "click") push({ type: "event", event: "CLICK", key: button.key });
  else if (button.type === "view") {
    window.open(button.url, "_blank");
    push({ type: "event", event: "VIEW", key: button.url });
  }
}

let waiting = Promise.resolve();
function refresh() {
  waiting = waiting.then(load, load);
  return waiting;
}

async function load() {
  const answer = await fetch(`/sim/chat/${encodeURIComponent(user.value)}?after=${shown}`);
  const state = await answer.json();
  for (const entry of state.entries) {
    shown = entry.n;
    show(entry);
  }
  $("title").textContent = state.typing ? "对方正在输入…" : "店小二";
  showMenu(state.menu);
}

function become() {
  localStorage.user = user.value;
  document.cookie = `wechat_user=${encodeURIComponent(user.value)}; path=/; SameSite=Lax`;
  shown = 0;
  $("chat").replaceChildren();
  refresh();
}

user.onchange = become;
$("follow").onclick = () => push({ type: "event", event: "subscribe" });
$("scan").onclick = () => push({ type: "event", event: "subscribe", key: "qrscene_shop" });
$("unfollow").onclick = () => push({ type: "event", event: "unsubscribe" });
$("image").onclick = () => push({ type: "image" });
$("voice").onclick = () => push({
  type: "voice", fields: { MediaId: "simulated-voice", Format: "amr", Recognition: "活动几点开始" },
});
$("place").onclick = () => push({
  type: "location", fields: { Location_X: "23.13", Location_Y: "113.35", Scale: "20", Label: "广州市海珠区" },
});
$("link").onclick = () => push({
  type: "link", fields: { Title: "活动公告", Description: "", Url: "https://game.example/news/1" },
});
$("verify").onclick = async () => {
  const answer = await (await fetch("/sim/verify", { method: "POST" })).json();
  $("verified").textContent = answer.ok ? "通过" : "失败";
};
$("form").onsubmit = (event) => {
  event.preventDefault();
  const content = $("text").value.trim();
  if (!content) return;
  $("text").value = "";
  push({ type: "text", content });
};
become();
setInterval(refresh, 400);
