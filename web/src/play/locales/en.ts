import type { PlayTexts } from "./texts";

export const en: PlayTexts = {
  title: "Xiaoer support",
  brand: "Xiaoer",
  tagline: "At your service",
  log: "Conversation",
  you: "Me",
  bot: "Xiaoer",
  agent: "Support",
  agentNamed: (name) => `${name} · Support`,

  linkConnecting: "Connecting…",
  linkOnline: "Online",
  linkOffline: "No connection, trying again. What you wrote is kept",
  tryNow: "Try now",

  human: "Human agent",
  queued: "Getting a human agent for you",
  queuePosition: (position) =>
    position <= 1 ? "You are next" : `You are number ${position}, ${position - 1} ahead of you`,
  queueWait: (seconds) => {
    if (seconds < 60) return "less than a minute";
    const minutes = Math.ceil(seconds / 60);
    return minutes < 60 ? `about ${minutes} min` : `about ${Math.round(minutes / 30) / 2} h`;
  },
  queueHint: "Describe the problem meanwhile: the agent will see it all",
  cancelQueue: "Don't wait, back to Xiaoer",
  agentJoined: (name) => (name ? `${name} is here to help you` : "An agent is here to help you"),
  closed: "This case is closed",
  closedHint: "Anything else? Just write to start a new one",

  welcomeTitle: "Welcome! I'm Xiaoer",
  welcomeText:
    "Payments, account, log-in, events: ask me anything. What I can't fix myself goes straight to a human.",
  suggestions: "Often asked",
  suggestion1: "I paid by mistake and want a refund",
  suggestion2: "My top-up has not arrived",
  suggestion3: "My account was hacked",
  suggestion4: "The game crashes at start",
  suggestion5: "How far is my case?",
  menu: "Quick menu",

  placeholder: "What happened?",
  placeholderQueued: "Describe it here…",
  message: "Message",
  send: "Send",
  tooLong: (over) => `${over} characters too many, please split it`,
  left: (left) => `${left} characters left`,
  sending: "Sending",
  waiting: "Waiting for connection",
  sent: "Sent",
  failed: "Not sent",
  picture: "Picture",
  sendPicture: "Send a picture",
  chosenPictures: "Pictures to send",
  removePicture: "Remove this picture",
  pictureGone: "The picture was deleted, or can't be shown right now",
  retry: "Retry",
  discard: "Delete",

  typingBot: "Xiaoer is looking into it…",
  typingAgent: "Agent is typing…",
  unread: "New messages",
  newMessages: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  toBottom: "To the latest",
  earlier: "Earlier messages",
  choices: "Choices",
  chosen: "chosen",
  loading: "Loading the conversation…",

  chooserTitle: "Choose a player",
  chooserText: "This is a demo: each player comes with a different problem.",
  switchPlayer: "Switch player",
  retryLoad: "Reload",
  loadFailed: "Could not reach the server",

  fatalTitle: "Support is not available",
  fatalToken: "Your session has expired. Please open support again from the game.",
  fatalNoToken: "Please open support from within the game.",
  fatalGame: "This game is not connected to support. Please contact its operator.",
  fatalOther: (code) => `The connection was refused (${code}).`,
  again: "Try again",

  errors: {
    text_too_long: "The message is too long, please split it",
    text_empty: "The message is empty",
    unknown_payload: "That choice is no longer valid, please tell me in words",
    rate_limited: "Too fast, please wait a few seconds",
    frame_too_large: "The message is too long, please split it",
    wrong_state: "That is not possible right now",
    picture_too_large:
      "The picture is too large (10 MB at most), please make it smaller or cut out what matters",
    picture_unreadable: "This file can't be opened, please send a JPG, PNG, WebP or GIF picture",
    picture_too_many: "Those were enough pictures for today, more are welcome tomorrow",
    upload_failed: "It did not get through, please check the connection and retry",
  },
  dismiss: "OK",
};
