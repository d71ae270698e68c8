"use strict";
const $ = (id) => document.getElementById(id);
const user = $("user");
user.value = new URLSearchParams(location.search).get("user") || localStorage.user || "oPlayer0001simulated";
const SEND = "/cgi-bin/message/custom/send";
const FIVE_MINUTES = 300_000;
let shown = 0;
let seen = 0;
let menuShown = "";
let lastTime = 0;

function element(tag, classes, text) {
  const made = document.createElement(tag);
  made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body || {}) });
  return answer.json();
}

async function push(body) {
  const outcome = await post("/sim/push", { open_id: user.value, ...body });
  await refresh();
  return outcome;
}

/* ---------------------------------------------------------------- the chat */
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
  made.onload = toEnd;
  return made;
}

const KINDS = { voice: "语音", video: "视频", location: "位置", link: "链接" };

function bubble(entry) {
  const content = entry.content || {};
  const made = element("div", `bubble ${entry.who}${entry.kind === "image" ? " pictured" : ""}`);
  if (entry.kind === "msgmenu") {
    made.append(words(content.head_content.trimEnd()));
    for (const item of content.list) made.append(option(item));
    made.append(words(content.tail_content));
  } else if (entry.kind === "image") made.append(picture(content.media_id || content.MediaId));
  else if (entry.kind === "text") made.append(words(content.content || content.Content));
  else made.append(words(`[${KINDS[entry.kind] || entry.kind}] ${content.Recognition || content.Label || content.Title || ""}`));
  if (entry.ai) made.append(element("span", "ai", "内容由 AI 生成"));
  return made;
}

const EVENTS = {
  subscribe: "你关注了公众号", unsubscribe: "你取消了关注", SCAN: "你扫了二维码", CLICK: "你点了菜单", VIEW: "你打开了网页",
};

function show(entry) {
  const now = Date.now();
  if (entry.n === 1 || now - lastTime > FIVE_MINUTES)
    $("chat").append(element("div", "line", new Date(now).toTimeString().slice(0, 5)));
  lastTime = now;
  if (entry.who === "event") {
    const more = entry.content ? `（${entry.content}）` : "";
    $("chat").append(element("div", "line", `${EVENTS[entry.kind] || entry.kind}${more}`));
  } else if (entry.who === "system") $("chat").append(element("div", "line", entry.content));
  else if (entry.who === "notice") {
    const made = element("div", "bubble notice");
    made.append(element("b", "", "服务通知"));
    made.append(words(Object.values(entry.content || {}).map((field) => field.value).join("\n")));
    $("chat").append(made);
  } else {
    const turn = element("div", `turn ${entry.who}`);
    turn.append(element("div", "face", entry.who === "user" ? "我" : "店"), bubble(entry));
    $("chat").append(turn);
  }
  toEnd();
}

function toEnd() {
  $("chat").scrollTop = $("chat").scrollHeight;
}

function showMenu(menu) {
  if (JSON.stringify(menu) === menuShown) return;
  menuShown = JSON.stringify(menu);
  $("menu").replaceChildren(...((menu && menu.button) || []).map((top) => {
    const cell = element("div", "");
    const head = element("button", "", (top.sub_button || []).length ? `≡ ${top.name}` : top.name);
    head.onclick = () => press(top);
    const list = element("ul", "");
    for (const sub of top.sub_button || []) {
      const item = element("button", "", sub.name);
      item.onclick = () => press(sub);
      const row = element("li", "");
      row.append(item);
      list.append(row);
    }
    if (list.children.length) cell.append(list);
    cell.append(head);
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

/* ---------------------------------------------------------------- what went over the wire */
const NAMES = {
  [SEND]: "发客服消息", "/cgi-bin/message/custom/typing": "正在输入", "/cgi-bin/stable_token": "取令牌",
  "/cgi-bin/media/upload": "上传素材", "/cgi-bin/media/get": "下载素材", "/cgi-bin/menu/create": "建菜单",
  "/cgi-bin/menu/get": "读菜单", "/cgi-bin/message/template/send": "模板消息", "/cgi-bin/message/subscribe/bizsend": "订阅通知",
  "/sns/oauth2/access_token": "网页授权",
};

/** The beginning of what was said, either way. */
function gist(call) {
  const message = call.parts.message || {};
  const body = call.parts.body || {};
  const said = message.Content || (body.text || {}).content || (body.msgmenu || {}).head_content || body.msgtype || "";
  return said ? ` · ${said.trim().slice(0, 40)}` : "";
}

function logged(call) {
  const made = element("li", `${call.way}${call.good ? "" : " bad"}`);
  const details = element("details", "");
  const head = element("summary", "");
  const arrow = call.way === "push" ? "→" : "←";
  const message = call.parts.message || {};
  const what = call.way === "push" ? `推送 ${message.Event || message.MsgType || "（伪造）"}` : NAMES[call.what] || call.what;
  const result = { ok: "成功", accepted: "已接收", file: "文件" }[call.result] || call.result;
  head.append(element("span", "", arrow), element("span", "what", what + gist(call)));
  head.append(element("span", call.good ? "" : "bad-result", result), element("time", "", `${call.ms} ms`));
  details.append(head, element("pre", "", `${call.what}\n${JSON.stringify(call.parts, null, 1)}`));
  made.append(details);
  return made;
}

function showLeft(left) {
  const hours = Math.round(left.messages_s / 360) / 10;
  const event = left.events_s ? `；${Math.round(left.events_s)} 秒内还能因事件回 ${left.events} 条` : "";
  $("left").textContent = left.messages_s || left.events_s
    ? `服务器 ${hours} 小时内还能回 ${left.messages} 条${event}`
    : "回复窗口已关闭：要等用户再说话";
}

let waiting = Promise.resolve();
function refresh() {
  waiting = waiting.then(load, load);
  return waiting;
}

async function load() {
  const answer = await fetch(`/sim/chat/${encodeURIComponent(user.value)}?after=${shown}&traffic=${seen}`);
  const state = await answer.json();
  for (const entry of state.entries) {
    shown = entry.n;
    show(entry);
  }
  for (const call of state.traffic) {
    seen = call.n;
    $("log").prepend(logged(call));
  }
  while ($("log").children.length > 300) $("log").lastElementChild.remove();
  $("title").textContent = state.typing ? "对方正在输入…" : "店小二";
  showMenu(state.menu);
  showLeft(state.left);
}

/* ---------------------------------------------------------------- what can be done */
function become() {
  localStorage.user = user.value;
  const known = new Set([...JSON.parse(localStorage.users || "[]"), user.value]);
  localStorage.users = JSON.stringify([...known].slice(-8));
  $("users").replaceChildren(...[...known].map((name) => Object.assign(element("option", ""), { value: name })));
  document.cookie = `wechat_user=${encodeURIComponent(user.value)}; path=/; SameSite=Lax`;
  shown = 0;
  $("chat").replaceChildren();
  refresh();
}

user.onchange = become;
$("follow").onclick = () => push({ type: "event", event: "subscribe" });
$("scan").onclick = () => push({ type: "event", event: "subscribe", key: "qrscene_shop" });
$("unfollow").onclick = () => push({ type: "event", event: "unsubscribe" });
$("close").onclick = () => post(`/sim/close/${encodeURIComponent(user.value)}`).then(refresh);
$("break").onclick = async () => {
  await post("/sim/faults", { path: SEND, ...JSON.parse($("fault").value) });
  $("broken").textContent = "已设置，用一次";
};
$("mend").onclick = () => post("/sim/faults").then(() => ($("broken").textContent = "已清除"));
$("strike").onclick = async () => {
  const outcome = await post(`/sim/attack/${$("attack").value}`);
  $("struck").textContent = outcome.accepted ? "被接受了！" : `被拒绝（HTTP ${outcome.status}）`;
  await refresh();
};
$("verify").onclick = async () => {
  $("verified").textContent = (await post("/sim/verify")).ok ? "通过" : "失败";
};
$("plus").onclick = () => ($("more").hidden = !$("more").hidden);
$("image").onclick = () => $("file").click();
$("file").onchange = async () => {
  const file = $("file").files[0];
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  $("file").value = "";
  push({ type: "image", file: btoa(text) });
};
$("voice").onclick = () => push({ type: "voice", fields: { Format: "amr", Recognition: $("text").value.trim() || "活动几点开始" } });
$("mute").onclick = () => push({ type: "voice", fields: { Format: "amr" } });
$("place").onclick = () => push({
  type: "location", fields: { Location_X: "23.13", Location_Y: "113.35", Scale: "20", Label: "广州市海珠区" },
});
$("link").onclick = () => push({
  type: "link", fields: { Title: "活动公告", Description: "", Url: "https://game.example/news/1" },
});
$("form").onsubmit = (event) => {
  event.preventDefault();
  const content = $("text").value.trim();
  if (!content) return;
  $("text").value = "";
  push({ type: "text", content });
};
become();
setInterval(refresh, 400);
