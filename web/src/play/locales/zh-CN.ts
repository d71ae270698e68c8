/** What the player reads, in Chinese. The other dictionaries have the same shape. */
export const zhCN = {
  title: "店小二客服",
  brand: "店小二",
  tagline: "客官有事，小二来办",
  log: "聊天记录",
  you: "我",
  bot: "店小二",
  agent: "客服",
  agentNamed: (name: string) => `客服 ${name}`,

  linkConnecting: "正在连接…",
  linkOnline: "在线",
  linkOffline: "网络断开了，正在重连。已写的消息不会丢",
  tryNow: "立即重连",

  human: "转人工",
  queued: "正在为你转接人工客服",
  queuePosition: (position: number) =>
    position <= 1 ? "下一位就轮到你" : `你排在第 ${position} 位，前面还有 ${position - 1} 位`,
  queueWait: (seconds: number) => {
    if (seconds < 60) return "预计不到 1 分钟";
    const minutes = Math.ceil(seconds / 60);
    return minutes < 60 ? `预计等待约 ${minutes} 分钟` : `预计等待约 ${Math.round(minutes / 30) / 2} 小时`;
  },
  queueHint: "你可以先把情况写下来，客服接入后都能看到",
  cancelQueue: "不等了，继续和小二聊",
  agentJoined: (name: string) => (name ? `客服 ${name} 正在为你服务` : "人工客服正在为你服务"),
  closed: "本次咨询已结束",
  closedHint: "还有问题？直接发消息就能开始新的咨询",

  welcomeTitle: "客官你好，我是店小二",
  welcomeText: "充值、账号、登录、活动……遇到什么问题都可以问我。办不了的，我马上请人工客服来。",
  suggestions: "大家常问",
  suggestion1: "充错了，想退款",
  suggestion2: "充值没到账",
  suggestion3: "账号被盗了",
  suggestion4: "游戏闪退进不去",
  suggestion5: "查一下处理进度",
  menu: "快捷菜单",

  placeholder: "说说遇到的问题…",
  placeholderQueued: "先把情况写下来…",
  message: "消息",
  send: "发送",
  tooLong: (over: number) => `超出 ${over} 字，请分几条发送`,
  left: (left: number) => `还可输入 ${left} 字`,
  sending: "发送中",
  waiting: "等待网络",
  sent: "已发送",
  failed: "发送失败",
  retry: "重试",
  discard: "删除",

  typingBot: "小二正在查看…",
  typingAgent: "客服正在输入…",
  unread: "以下是新消息",
  newMessages: (count: number) => `${count} 条新消息`,
  toBottom: "回到最新",
  earlier: "查看更早的消息",
  choices: "可选项",
  chosen: "已选",
  loading: "正在取回聊天记录…",

  chooserTitle: "选一位玩家进店",
  chooserText: "这里是演示：每位玩家都带着一个不同的问题。",
  switchPlayer: "换一位玩家",
  retryLoad: "重新加载",
  loadFailed: "没有连上服务器",

  fatalTitle: "进不了客服",
  fatalToken: "登录凭证已过期，请回到游戏重新打开客服。",
  fatalNoToken: "请从游戏里打开客服页面。",
  fatalGame: "这个游戏还没有接入客服，请联系游戏运营方。",
  fatalOther: (code: string) => `连接被拒绝（${code}）。`,
  again: "再试一次",

  errors: {
    text_too_long: "消息太长了，请分几条发送",
    text_empty: "消息是空的",
    unknown_payload: "这个选项已经过期，请直接打字告诉我",
    rate_limited: "发得太快了，请稍等几秒",
    frame_too_large: "消息太长了，请分几条发送",
    wrong_state: "现在不能这样操作",
  } as Partial<Record<string, string>>,
  dismiss: "知道了",
};
