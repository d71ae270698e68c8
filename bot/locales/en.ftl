# What the product itself says to players and agents. The bot's answers are in domain.yml.

system-queued = You are being passed to a human agent. Feel free to keep writing while you wait; the agent will see it all.
system-queued-brain-failed = Something went wrong on the bot's side, so a human agent will take over. Everything you wrote is kept, no need to repeat it.
queue-standing = { $ahead } in front of you, about { $minutes } min to go. No need to keep watch: the agent answers right here, and sees what you wrote. If you would rather not wait, just say "never mind".
queue-standing-next = You are next, about { $minutes } min to go. No need to keep watch: the agent answers right here.
queue-standing-closed = Our agents are back at { $when }; { $ahead } in front of you. No need to keep watch: you are answered here in turn. If you would rather not wait, just say "never mind".
queue-offer = You are still in line for an agent, { $ahead ->
    [0] and next
   *[other] with { $ahead } in front of you
    }. If you would rather not wait, you can go back to the bot at once; otherwise there is nothing to do.
queue-leave = Stop waiting
queue-stay = Keep my place
queue-staying = Your place is kept. The agent answers right here.
queue-left-already = You are not in line at the moment. Just tell me what you need.
system-claimed = { $name } from support is here now and can see what you wrote before.
system-released = The agent is done with this step; the bot is with you again.
system-requeued = Your agent had to leave. You are now first in line for a colleague.
system-closed = This case is closed. Whenever you need anything, just write.
system-cancelled = You left the queue; the bot is with you again.
system-refund-executed = The refund of ¥{ $yuan } for order { $order_no } is done. It goes back the way you paid, within 1-5 working days.
system-refund-refused = The refund for order { $order_no } did not go through; a human agent will check it with you.
system-refund-rejected = We have looked at the refund of order { $order_no } and could not approve it this time; money and items are unchanged. If there is something we don't know yet, talk to a human and a supervisor will look again.
system-refund-approved-partly = The refund of order { $order_no } has passed the first check. A second colleague has to confirm it; you will hear the result here.
system-move-executed = What order { $order_no } brought is now with { $role } on { $server }; you'll see it at your next login.
system-move-refused = Order { $order_no } could not be moved; nothing has changed. An agent will take care of it.
refund-approval-summary = Refund to approve: order { $order_no }, ¥{ $yuan }, { $product } ({ $rules })
refund-rule-large = large amount
refund-rule-large-vip = large amount (VIP limit)
refund-rule-very-large = very large amount
refund-rule-large-rest = partly used, large rest
refund-rule-older-than-a-week = paid over a week ago
refund-rule-other-currency = other currency
refund-rule-often = several refunds lately
refund-rule-very-often = many refunds lately
refund-rule-new-account = new account
refund-rule-refused-before = the game refused it before
refund-rule-risky = risk score rather high
refund-rule-very-risky = risk score very high

error-bad-json = That was not valid JSON.
error-bad-frame = The message is not right: { $detail }.
error-unknown-type = Unknown type of message.
error-hello-expected = Say hello first.
error-hello-timeout = No hello within 5 seconds.
error-text-too-long = That is too long; please stay within { $limit } characters.
error-text-empty = The message is empty.
error-frame-too-large = The message is too large.
error-unknown-payload = That choice is no longer open; please just type.
error-picture-too-large = The picture is too large; please make it smaller or send only the part that matters.
error-picture-unreadable = This file can't be opened; please send a JPG, PNG, WebP or GIF picture.
error-picture-too-many = That makes { $limit } pictures today, which is enough for now; more are welcome tomorrow, or ask for a human.
error-rate-limited = That was a bit fast; wait a few seconds.
error-token-missing = No token was sent.
error-token-invalid = The token is not valid; please open support from the game again.
error-token-expired = The token has expired; please open support from the game again.
error-token-too-long-lived = The token is valid for more than 10 minutes.
error-unknown-game = This game is not connected.
error-origin-refused = This page may not connect.
error-not-logged-in = Please log in.
error-login-failed = Wrong log-in or password.
error-login-throttled = Too many attempts; try again in a few minutes.
error-login-taken = This log-in is taken.
error-password-too-short = A password needs at least { $limit } characters.
error-csrf = The page is out of date; please reload.
error-forbidden = You may not do that.
error-not-found = Not found.
error-not-owner = This conversation is not yours.
error-wrong-state = The conversation has changed hands; please look again.
error-ticket-state = The ticket has changed meanwhile; please look again.
error-not-refundable = The rules do not allow an automatic refund of this order.
error-already-refunded = This order was refunded before.
error-other-person-needed = Another colleague has to decide this.
error-outcome-unknown = The outcome is not known yet; we are checking.
error-game-unavailable = The game's server does not answer; please try again later.
error-game-refused = The game's server refused this.
error-brain-unavailable = The bot does not answer.
error-not-ready = The service is starting; please try again soon.
error-internal = Something went wrong; please try again later.

# Parts that the bot's answers about recharges are made of (actions/words.py).
day-today = today { $time }
day-yesterday = yesterday { $time }
day-tomorrow = tomorrow { $time }
day-this-year = { $month }/{ $day } { $time }
day-other-year = { $year }-{ $month }-{ $day } { $time }
order-line = { $when } · ¥{ $yuan } · { $product } · { $status }
order-keep = Keep it
refund-move-to = To { $role }, { $server }
refund-no-move = Leave it
order-status-paid = paid, not delivered
order-status-delivered = delivered
order-status-refunded = refunded
# Of a missing recharge: the order that was named, before the one that is missing.
recharge-delivered = The ¥{ $yuan } one ({ $product }, { $when }) has arrived
recharge-paid = The ¥{ $yuan } one ({ $product }, { $when }) was paid and not delivered
recharge-refunded = The ¥{ $yuan } one ({ $product }, { $when }) was refunded
recharge-unseen-amount = I see no order of ¥{ $amount } on this account
recharge-unseen = I don't see that order on this account
channel-wechat = WeChat Pay
channel-alipay = Alipay
channel-apple = App Store
channel-google = Google Play
store-refund-apple = Open reportaproblem.apple.com, sign in with the Apple account that paid, choose "Request a refund" and then this order.
store-refund-google = Open Google Play → Payments & subscriptions → Budget & history, tap this order and choose "Request a refund".
store-refund-other = Open your orders in { $channel }, choose this one and ask for the refund there.
store-cancel-apple = Open Settings → your name → Subscriptions, choose this game and tap "Cancel Subscription".
store-cancel-google = Open Google Play → Payments & subscriptions → Subscriptions, choose this game and tap "Cancel subscription".
store-cancel-other = Open your subscriptions in { $channel }, choose this game and cancel the renewal there.
unit-diamond = diamonds
wallet-line = Your balance now: { $balances }.
list-semicolon = {"; "}
list-comma = {", "}
none-of-these = Neither, get an agent
none-of-them = None of these
summary = { $topic }: "{ $words }"
summary-and = { "; also open: " }
summary-of-order = order { $order_no }
summary-order = { $topic }: order { $order_no }, ¥{ $yuan } { $product }, { $channel }, { $when }, { $status } ({ $reason ->
    [already_refunded] refunded before
    [store_order] store order
    [consumed] used
    [currency_consumed] currency used
    [not_delivered] not delivered
    [too_old] too long ago
    [too_much] large amount
    [minor] a minor
    [wrong_role] wrong role
    [person] for a person
   *[other] { $reason }
    })

# The requests by name, as the bot offers them to choose from and agents read them.
topic-account-recharge-missing = Recharge missing
topic-account-refund-mistaken = Recharged by mistake
topic-account-refund-minor = Refund for a child
topic-account-recharge-query = My recharges
topic-account-subscription-cancel = Stop auto-renewal
topic-account-stolen = Account stolen
topic-account-password = Password
topic-account-binding = Binding a phone or mail
topic-account-real-name = Real-name registration
topic-account-ban-appeal = Banned or muted
topic-account-delete = Delete the account
topic-account-role-restore = Restore a role or account
topic-technical-crash = Crash, black screen
topic-technical-lag = Lag, disconnects
topic-technical-login = Can't log in
topic-technical-update = Download or update fails
topic-technical-payment-failure = Payment fails
topic-technical-bug = A bug in the game
topic-technical-device = Heat, graphics, device
topic-content-event = Events and rewards
topic-content-gift-code = Gift code
topic-content-quest = Quests and stages
topic-content-gacha = Draw rates and pity
topic-content-item-lost = Item or reward missing
topic-content-server = Servers and maintenance
topic-content-character = Characters and teams
topic-content-suggestion = A suggestion
topic-complaint-cheater = Report a cheater
topic-complaint-abuse = Report abuse
topic-complaint-scam = I was scammed
topic-complaint-service = Unhappy with support
topic-complaint-balance = Unfair matching or balance
topic-complaint-operation = Complain about the operator
topic-ticket-progress = How far is my case
topic-request-human = Talk to a human
topic-other = Something else

# WeChat, and the binding of its users to players.
error-identity-needed = It is not known which player this is: the WeChat user is not bound to one.
wechat-repeated = (The connection was bad; the following may not have arrived, so once more:)
wechat-answer-by-number = (Reply with the number.)
wechat-choose = Please choose:
wechat-welcome = Hello, I am Xiaoer, your game support. Just type what the matter is: recharges, your account, crashes, events. What I can't do goes to a human.
wechat-welcome-refund = Refund a mistaken recharge
wechat-welcome-progress = How far is my case
wechat-welcome-human = A human, please
wechat-not-understood-kind = I got it, but I can't read this kind of message yet. Please type what it is about.
picture = [picture]
picture-lost = The picture did not get through; please send it again.
wechat-media-kept = I got it and keep it for the agents. Please also type what the matter is.
wechat-voice-unheard = I got your voice message but could not make it out. Please type it.
wechat-voice = [voice]
wechat-video = [video]
wechat-location = [place] { $label } ({ $x }, { $y })
wechat-link = [link] { $title } { $url }
wechat-unknown = [a message of type { $kind }]
wechat-scanned = Hello, how can I help? Just type.
wechat-notice-title = There is news about your case
bind-needed = For this I need to know your game account (only once). Send this code in the game's support chat: { $code } (good for 10 minutes). Or send "bind wechat" there and type the code that you get here. Then I go on where we were.
bind-code-for-game = Your code is { $code }. Send it in the game's support chat; it is good for 10 minutes, once. Tell nobody.
bind-code-for-wechat = Your code is { $code }. Send it to the official account on WeChat; it is good for 10 minutes, once. Tell nobody.
bind-done = WeChat and the game account { $player } are bound: one conversation, one set of cases. Send "unbind wechat" to undo it.
bind-already = This WeChat is bound to a game account. To change it, send "bind wechat" in the game's support chat and type the code here.
bind-code-bad = This code is wrong or no longer good. Send "bind wechat" for a new one.
bind-none = WeChat is not bound; there is nothing to undo.
bind-undone = WeChat and the game account are no longer bound.
bind-page-title = Bind your game account
bind-page-ask = Bind your WeChat to the game account { $player }? Its support conversation will show up here.
bind-page-yes = Bind
bind-page-done = Done. Go back to the official account.
bind-page-bad = This link is wrong or no longer good. Please ask for a new one.
left-closed = Our agents are not on duty now. Your message is kept; an agent answers by { $when }.
bind-code-or-link = Your code is { $code }. Send it to the official account on WeChat, or open { $url } in WeChat. It is good for 10 minutes, once. Tell nobody.

# Buttons of the fixes
button-yes = Yes
button-no = No
known-case-same = The same, add it
known-case-new = Something else
known-case-words-same = yes same add
known-case-words-new = no else different new
button-switch = Turn to { $topic }
button-my-answer = That is my answer
words-switch = switch turn yes yeah ok sure
button-none = None
button-human = Talk to a human
button-helped = That helped
button-not-helped = Still not working
button-understood = I see
button-something-else = It is something else

# Changes in the game whose outcome came later; operation-<kind> names the change
system-operation-done = "{ $name }", which had no answer before, is done now.
system-operation-refused = "{ $name }", which had no answer before, did not go through. Ask me again, or take an agent at any time.
operation-deliver = Delivery of the recharge
operation-cancel-subscription = Cancelling the renewal
operation-freeze-account = Freezing the account
operation-unfreeze-account = Unfreezing the account
operation-kick-sessions = Signing out all devices
operation-send-link = Sending the link
operation-restore-role = Restoring the role
operation-restore-item = Restoring the item
operation-send-grant = Sending the reward
operation-custom = your request

# Tickets.
ticket-told-opened = Your ticket { $number } ({ $topic }) is open; you will hear from us by { $when }. To see how far it is, ask me about { $number } any time.
ticket-told-start = Somebody is working on your ticket { $number } ({ $topic }) now; you will have a result by { $when }.
ticket-told-ask = For your ticket { $number } ({ $topic }) we need a little more from you:
ticket-told-resolve = Your ticket { $number } ({ $topic }) is done. The result:
ticket-told-close = Your ticket { $number } ({ $topic }) is closed. If anything new comes up, just tell me.
ticket-told-reopen = Work on your ticket { $number } ({ $topic }) has begun again; you will have a result by { $when }.
ticket-told-start-untimed = Somebody is looking at your ticket { $number } ({ $topic }) now; you'll read the outcome here.
ticket-told-reopen-untimed = Your ticket { $number } ({ $topic }) is open again; you'll read the outcome here.
ticket-told-progress = There is news on your ticket { $number } ({ $topic }):
ticket-told-promise = Your ticket { $number } ({ $topic }) should have a result by { $when }; you will be told here.
ticket-told-renewed-1 = Sorry to keep you waiting. Ticket { $number } ({ $topic }) takes longer than expected; it has been given priority, and you will hear from us by { $when }.
ticket-told-renewed-2 = Ticket { $number } ({ $topic }) is still not done, and we are sorry it takes so long. It has gone further up; you will have an answer by { $when }.
ticket-told-escalated = Ticket { $number } ({ $topic }) has taken far too long, and that is our fault. It has gone up to the supervisor; you will be told here the moment there is a result.
ticket-button-add = Add something
ticket-button-withdraw = No longer needed
ticket-button-reopen = Not solved yet

# The page /help/self-service
help-title = Self-service
help-intro = These can be done right in the support chat, without waiting for anyone. Just say it in your own words.
help-conditions = Conditions
help-takes = How long
help-otherwise = If it can't be done
help-human = For anything else, or to talk to a person, say "human, please".
category-account = Account and recharges
category-technical = Technical problems
category-content = The game
category-complaint = Complaints and reports
category-other = Your tickets
help-more-page = All of it, with the conditions: { $url }
help-more-asked = Something else? Ask, and you will know.
help-line = { $category }: { $titles }
# How a case went (satisfaction).
satisfaction-ask-overall = How did we do this time? One tap is enough, and it's fine to skip it.
satisfaction-ask-service = Thanks. And how was the agent: friendly, competent?
satisfaction-ask-speed = Last one: how was the speed?
satisfaction-1 = Very bad
satisfaction-2 = Not good
satisfaction-3 = So-so
satisfaction-4 = Good
satisfaction-5 = Very good
satisfaction-thanks = Thank you for the rating, we read every one. If there is anything else, I'm here.
satisfaction-sorry = I'm sorry we let you down this time; your rating will be read carefully. If it isn't solved yet, tap below and I'll get somebody to go on with it.
satisfaction-comment = Thank you for saying so; your own words are kept with the rating, and the people in charge read them. If something is still open, just tell me.
satisfaction-human = Not solved, a human please
satisfaction-known = That one is noted already, thank you.
satisfaction-late = This survey has ended, thank you. If something is wrong, just tell me.

# Spending
month = { $year }-{ $month }
month-spent = { $month }: ¥{ $yuan }
spending-title = Recharges by month (¥)

# Account fixes
link-reset-password = new password
link-bind-phone = Bind a phone
link-unbind-phone = Change or unbind the phone
link-bind-mail = Bind a mail address
link-unbind-mail = Change or unbind the mail address
link-unbind-device = Unbind the device
link-unbind-third-party = Unbind the third-party account
link-real-name = real-name registration
link-delete-account = deletion of the account
link-other = Move server, or something else
binding-phone = phone { $value }
binding-mail = mail { $value }
binding-device = device { $value }
binding-third-party = third-party account { $value }
binding-none = nothing is bound
real-name-fine = That is fine
real-name-wrong = The registration is wrong
limits-none = no hours or limits apply
limits-hours = { $day } { $opens }-{ $closes }
limits-money = at most ¥{ $charge } a recharge and ¥{ $month } a month
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
ban-account = Account ban
ban-chat = Chat ban
ban-fact = { $kind }: { $reason } (no. { $id })
ban-for-good = for good
ban-no-evidence = the system's records
role-line = { $name } level { $level }
ticket-button-see = See this ticket
ticket-line-new = { $number } ({ $topic }): received, waiting for an agent; you will hear from us by { $when }
ticket-line-working = { $number } ({ $topic }): being worked on; you will have a result by { $when }
ticket-line-escalated = { $number } ({ $topic }): with the supervisor; you will be told the moment there is a result
ticket-line-waiting = { $number } ({ $topic }): waiting for what we asked you; work goes on as soon as it is here
ticket-line-resolved = { $number } ({ $topic }): done
ticket-line-closed = { $number } ({ $topic }): closed
ticket-line-latest = — Latest ({ $at }): { $words }
ticket-line-refund = Refund (order { $order_no }, ¥{ $yuan }): the game is still working on it; you will be told
# Causes that the technical dialogues find
ban-until = until { $when }
soon = further notice
full-stop = .
between-sentences = {" "}
minor-limits = ¥{ $charge } for each payment, ¥{ $month } a month
minor-no-payments = no payments yet
minor-advice = If the registration is wrong, it can be corrected.
# Fixes about the game's content
items-line = { $item } ×{ $count }
button-that-one = That's it
button-not-that-one = Something else
button-all-clear = Got it
server-note = The log-in page has the details.
server-no-time = the time in the notice
event-line-running = · { $title } (now, until { $until })
event-line-announced = · { $title } (from { $from })
event-running = running, until { $until }
event-announced = from { $from } until { $until }
event-over = over since { $until }
event-rules = The question mark on the Events page opens the rules.
event-rewards = see the Events page
event-all-servers = all servers

# Complaints
complaint-quoted = "{ $words }"
# A guardian's request (actions/fixes/refund_minor.py); lines with a calculation are for agents.
minor-this-account = This account ({ $name } · { $server })
minor-other-account = Another account
minor-words-this = this yes current
minor-words-other = other another different
minor-account = { $name } ({ $server }, { $id })
minor-orders-all = All { $count }, ¥{ $yuan }
minor-orders-done = That's all
minor-orders = { $count } for ¥{ $yuan }
minor-again-wait = That one
minor-again-new = Other recharges
minor-knew-today = Today
minor-knew-week = These days
minor-knew-month = Within a month
minor-knew-earlier = Earlier
minor-knew-unknown = not sure
minor-words-knew-today = just
minor-words-knew-week = recently
minor-words-knew-month = weeks
minor-words-knew-earlier = long
minor-relation-father = father
minor-relation-mother = mother
minor-relation-grandparent = grandparent
minor-relation-guardian = another guardian
minor-words-relation-father = dad daddy
minor-words-relation-mother = mum mom
minor-words-relation-grandparent = grandfather grandmother grandma grandpa
minor-words-relation-guardian = guardian uncle aunt brother sister
minor-age-under-8 = Under 8
minor-age-from-8 = 8 to 15
minor-age-from-16 = 16 or 17
minor-words-age-under-8 = kindergarten
minor-words-age-from-8 = primary
minor-words-age-from-16 = highschool
minor-age-game = { $age } (registered)
minor-age-told = { $age } (says the guardian)
minor-verified = registered, { $age } years
minor-unverified = not registered
minor-paper-relation = proof of relation
minor-paper-guardian = the guardian's identity card
minor-paper-payment = payment receipt
minor-paper-child = a card or photo of the child
minor-paper-later = Later
minor-paper-none = I have none
minor-papers-later = All papers later
minor-nothing = none
minor-soon = soon
minor-submit = Submit
minor-not-yet = Not yet
minor-summary = Refund of a child's recharges: { $account }, { $orders }, from the child's { $relation }
minor-told-account = Account: { $value }
minor-told-orders = Chosen: { $value }
minor-told-missing = Papers missing: { $value }
minor-told-relation = From the child's { $value }
minor-told-noticed = Noticed: { $value }
minor-told-age = The child: { $value }
minor-told-sum = { $value }
minor-order-line = { $day } · ¥{ $yuan } · aged { $age } · { $verdict } ({ $order_no })
minor-within = within the limits
minor-over-charge = over ¥{ $yuan } at once
minor-over-month = over ¥{ $yuan } a month
minor-over-none = no payments at this age
minor-refunded = refunded already, not counted
minor-adult = of age then
minor-currency = another currency, to be checked by a person
minor-total = By the rules ({ $version }) ¥{ $yuan } may be paid back, of ¥{ $paid } in all
minor-total-range = By the rules ({ $version }) ¥{ $yuan } may be paid back; ¥{ $most } if a birthday lies between; of ¥{ $paid } in all
ticket-picture-added = Added a picture.
