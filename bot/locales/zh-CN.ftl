# What the product itself says to players and agents. The bot's answers are in domain.yml.

system-queued = 已为你转接人工客服，稍等一下。等待时可以继续留言，客服接手后都能看到。
system-queued-brain-failed = 小二这边出了点状况，已直接为你转接人工客服。你刚才说的都记下了，不用再说一遍。
queue-standing = 你前面还有 { $ahead } 位，预计再等 { $minutes } 分钟左右。不用守着，轮到了客服会直接在这里回你，刚才说的他也看得到。不想等了回一句「不等了」。
queue-standing-next = 下一位就是你，预计再等 { $minutes } 分钟左右。不用守着，客服会直接在这里回你。
queue-standing-closed = 客服 { $when } 上班，你前面还有 { $ahead } 位。不用守着，你说的都留着，上班后按顺序在这里回你。不想等了回一句「不等了」。
queue-offer = 还在帮你排人工，{ $ahead ->
    [0] 下一位就是你
   *[other] 前面还有 { $ahead } 位
    }。不想等的话，我马上把你带回小二这边；想等就不用管。
queue-leave = 不等了，回到小二
queue-stay = 继续等人工
queue-staying = 好，位置给你留着。轮到了客服会直接在这里回你。
queue-left-already = 你现在没有在排队，有什么事直接说就行。
system-claimed = 客服 { $name } 已接手，你之前说的都能看到。
system-released = 客服已处理完这一步，后面由小二继续为你服务。
system-requeued = 客服暂时离开了，已把你排到最前面，马上由其他客服接手。
system-closed = 本次服务已结束。之后有任何问题，直接发消息就行。
system-cancelled = 已取消排队，小二继续为你服务。
system-refund-executed = 订单 { $order_no } 的 { $yuan } 元退款已完成，款项按原支付方式退回，1-5 个工作日到账。
system-refund-refused = 订单 { $order_no } 的退款没有完成，正在为你转接人工客服核实。
system-refund-rejected = 订单 { $order_no } 的退款申请已经看过，这次没有通过，钱和道具都没动。如果有没说明的情况，可以转人工，由主管再帮你看。
system-refund-approved-partly = 订单 { $order_no } 的退款已通过第一道审核，还需要另一位同事复核，有结果马上在这里告诉你。
system-move-executed = 订单 { $order_no } 的内容已经转到 { $server } 的 { $role }，上线就能看到。
system-move-refused = 订单 { $order_no } 没能转过去，什么都没有变，正在为你转接人工客服处理。
refund-approval-summary = 退款待审核：订单 { $order_no }，{ $yuan } 元，{ $product }（{ $rules }）
refund-rule-large = 金额较大
refund-rule-large-vip = 金额较大（VIP 上限）
refund-rule-very-large = 金额很大
refund-rule-large-rest = 已用一部分，剩余金额较大
refund-rule-older-than-a-week = 充值超过一周
refund-rule-other-currency = 外币
refund-rule-often = 近期退款多次
refund-rule-very-often = 近期退款很多次
refund-rule-new-account = 新账号
refund-rule-refused-before = 游戏曾拒绝过这笔退款
refund-rule-risky = 风险分偏高
refund-rule-very-risky = 风险分很高

error-bad-json = 消息格式有误（不是有效的 JSON）。
error-bad-frame = 消息内容有误：{ $detail }。
error-unknown-type = 不认识的消息类型。
error-hello-expected = 请先发送 hello。
error-hello-timeout = 连接后 5 秒内没有收到 hello。
error-text-too-long = 消息太长了，请控制在 { $limit } 字以内。
error-text-empty = 消息是空的。
error-frame-too-large = 消息太大了。
error-unknown-payload = 这个选项已经失效了，请直接打字告诉我。
error-picture-too-large = 图片太大了，请压缩一下或截取需要的部分再发。
error-picture-unreadable = 这个文件打不开，请发 JPG、PNG、WebP 或 GIF 图片。
error-picture-too-many = 今天发的图片已经有 { $limit } 张了，先到这里，明天可以继续发；急的话请转人工。
error-rate-limited = 发得太快了，歇几秒再发。
error-token-missing = 缺少登录凭证。
error-token-invalid = 登录凭证无效，请从游戏里重新打开客服。
error-token-expired = 登录凭证已过期，请从游戏里重新打开客服。
error-token-too-long-lived = 登录凭证的有效期超过了 10 分钟。
error-unknown-game = 没有接入这款游戏。
error-origin-refused = 不允许从这个网页连接。
error-not-logged-in = 请先登录。
error-login-failed = 账号或密码不对。
error-login-throttled = 尝试次数太多，请过几分钟再试。
error-login-taken = 这个账号名已经被使用了。
error-password-too-short = 密码至少要 { $limit } 个字符。
error-csrf = 页面已过期，请刷新后再试。
error-forbidden = 没有权限。
error-not-found = 没有找到。
error-not-owner = 这个会话不在你手上。
error-wrong-state = 会话的状态已经变了，请看最新状态。
error-ticket-state = 工单的状态已经变了，请看最新状态。
error-not-refundable = 这笔订单不符合自动退款的规则。
error-already-refunded = 这笔订单已经退过款了。
error-other-person-needed = 需要另一位同事来审核。
error-outcome-unknown = 结果还没有返回，正在确认。
error-game-unavailable = 游戏服务器暂时没有回应，请稍后再试。
error-game-refused = 游戏服务器没有同意这个操作。
error-brain-unavailable = 小二暂时没有回应。
error-not-ready = 服务正在启动，请稍后再试。
error-internal = 出了点问题，请稍后再试。

# Parts that the bot's answers about recharges are made of (actions/words.py).
day-today = 今天 { $time }
day-yesterday = 昨天 { $time }
day-tomorrow = 明天 { $time }
day-this-year = { $month }月{ $day }日 { $time }
day-other-year = { $year }年{ $month }月{ $day }日 { $time }
order-line = { $when } · { $yuan }元 · { $product } · { $status }
order-keep = 不退了
refund-move-to = 转到 { $server } · { $role }
refund-no-move = 先不转
order-status-paid = 已付款，未到账
order-status-delivered = 已到账
order-status-refunded = 已退款
# Of a missing recharge: the order that was named, before the one that is missing.
recharge-delivered = { $when }那笔 { $yuan } 元的 { $product }已经到账了
recharge-paid = { $when }那笔 { $yuan } 元的 { $product }付了没发
recharge-refunded = { $when }那笔 { $yuan } 元的 { $product }已经退款了
recharge-unseen-amount = 这个账号里没见到 { $amount } 元的单子
recharge-unseen = 这个账号里没见到你说的那笔单子
channel-wechat = 微信支付
channel-alipay = 支付宝
channel-apple = App Store
channel-google = Google Play
store-refund-apple = 打开 reportaproblem.apple.com，登录付款的 Apple 账户，选“请求退款”，再选这笔订单。
store-refund-google = 打开 Google Play → 付款和订阅 → 预算和历史记录，点开这笔订单，选“申请退款”。
store-refund-other = 打开{ $channel }的订单记录，点开这笔订单申请退款。
store-cancel-apple = 打开手机的 设置 → Apple ID → 订阅，选这个游戏，点“取消订阅”。
store-cancel-google = 打开 Google Play → 付款和订阅 → 订阅，选这个游戏，点“取消订阅”。
store-cancel-other = 打开{ $channel }的订阅管理，选这个游戏，取消续费。
unit-diamond = 钻石
wallet-line = 现在的余额：{ $balances }。
list-semicolon = ；
list-comma = 、
none-of-these = 都不是，找人工
none-of-them = 都不是
summary = { $topic }：「{ $words }」
summary-and = ；另外还没办完的：
summary-of-order = 订单 { $order_no }
summary-order = { $topic }：订单 { $order_no }，{ $yuan } 元 { $product }，{ $channel }，{ $when }，{ $status }（{ $reason ->
    [already_refunded] 已退过款
    [store_order] 应用商店的订单
    [consumed] 已经用掉
    [currency_consumed] 游戏币已用掉
    [not_delivered] 还没到账
    [too_old] 充值太久
    [too_much] 金额较大
    [minor] 未成年人
    [wrong_role] 充错角色
    [person] 要人工看
   *[other] { $reason }
    }）

# The requests by name, as the bot offers them to choose from and agents read them.
topic-account-recharge-missing = 充值没到账
topic-account-refund-mistaken = 充错了想退
topic-account-refund-minor = 未成年人退款
topic-account-recharge-query = 查充值记录
topic-account-subscription-cancel = 取消自动续费
topic-account-stolen = 账号被盗
topic-account-password = 找回、修改密码
topic-account-binding = 换绑、解绑
topic-account-real-name = 实名认证、防沉迷
topic-account-ban-appeal = 被封号、禁言
topic-account-delete = 注销账号
topic-account-role-restore = 找回角色、老号
topic-technical-crash = 闪退、黑屏
topic-technical-lag = 卡顿、延迟、掉线
topic-technical-login = 登不上、收不到验证码
topic-technical-update = 下载、更新失败
topic-technical-payment-failure = 付款失败
topic-technical-bug = 游戏里出了 bug
topic-technical-device = 发热、画质、机型
topic-content-event = 活动时间和奖励
topic-content-gift-code = 兑换码
topic-content-quest = 任务、关卡怎么过
topic-content-gacha = 抽卡概率、保底
topic-content-item-lost = 奖励、道具没收到
topic-content-server = 开服、合服、维护
topic-content-character = 角色、装备、阵容
topic-content-suggestion = 提个建议
topic-complaint-cheater = 举报外挂、代打
topic-complaint-abuse = 举报辱骂、挂机
topic-complaint-scam = 被骗了
topic-complaint-service = 对客服不满
topic-complaint-balance = 匹配、平衡不公平
topic-complaint-operation = 投诉运营
topic-ticket-progress = 问处理进度
topic-request-human = 转人工
topic-other = 其他问题

# WeChat, and the binding of its users to players.
error-identity-needed = 还不知道对方是哪位玩家：他的微信没有绑定游戏账号。
wechat-repeated = （刚才网络不稳，下面的内容可能没有送到，再发一次）
wechat-answer-by-number = （回复数字即可）
wechat-choose = 请选择：
wechat-welcome = 你好，我是小二，你的游戏客服。直接打字告诉我遇到的问题就行，充值、账号、闪退、活动都可以问；办不了的我会转给人工客服。
wechat-welcome-refund = 充错了想退
wechat-welcome-progress = 问处理进度
wechat-welcome-human = 转人工
wechat-not-understood-kind = 收到了，不过这种消息我还看不懂。麻烦用文字说一下，我马上处理。
picture = [图片]
picture-lost = 图片没有传过来，麻烦再发一次。
wechat-media-kept = 收到了，已经存好，需要时客服能看到。麻烦再用文字说一下遇到的问题。
wechat-voice-unheard = 语音收到了，但没有听清。麻烦用文字说一下，我马上处理。
wechat-voice = [语音]
wechat-video = [视频]
wechat-location = [位置] { $label } ({ $x }, { $y })
wechat-link = [链接] { $title } { $url }
wechat-unknown = [{ $kind } 类型的消息]
wechat-scanned = 你好，有什么可以帮你？直接打字告诉我就行。
wechat-notice-title = 你咨询的问题有新进展
bind-needed = 这件事要先确认你的游戏账号（只需一次）。在游戏里的客服页面发送这个绑定码：{ $code }（10 分钟内有效）。也可以在游戏客服里发送「绑定微信」，把得到的码发到这里。绑定后我接着办，不用重说。
bind-code-for-game = 你的绑定码是 { $code }。请在游戏里的客服页面发送它，10 分钟内有效，只能用一次，不要告诉别人。
bind-code-for-wechat = 你的绑定码是 { $code }。请在微信公众号里发送它，10 分钟内有效，只能用一次，不要告诉别人。
bind-done = 微信已和游戏账号 { $player } 绑定，两边的对话和进度是同一份。想解除就发送「解绑微信」。
bind-already = 这个微信已经绑定了游戏账号。要换绑的话，请在游戏客服里发送「绑定微信」，再把码发到这里。
bind-code-bad = 这个绑定码不对或已过期。发送「绑定微信」可以重新获取。
bind-none = 没有绑定微信，不用解绑。
bind-undone = 已解除微信和游戏账号的绑定。
bind-page-title = 绑定游戏账号
bind-page-ask = 要把你的微信和游戏账号 { $player } 绑定吗？绑定后，这个账号的客服对话和进度会出现在这里。
bind-page-yes = 确认绑定
bind-page-done = 绑定好了，回到公众号继续对话即可。
bind-page-bad = 绑定链接无效或已过期，请重新获取。
left-closed = 现在不是人工客服时间，你的留言已经收下，客服会在 { $when } 前回复。
bind-code-or-link = 你的绑定码是 { $code }。请在微信公众号里发送它，或者在微信里打开 { $url } 。10 分钟内有效，只能用一次，不要告诉别人。

# Buttons of the fixes
button-yes = 是
button-no = 不是
known-case-same = 是这件事，补进去
known-case-new = 是另外的问题
known-case-words-same = 是 是的 对 同一个 同一件 一样 还是 补进去 补充
known-case-words-new = 不是 另外 别的 新的 不一样
button-switch = 换成「{ $topic }」
button-my-answer = 就是我要说的
words-switch = 换 换成 改 改办 是 是的 对 对的 好 好的 嗯 行 要
button-none = 没有
button-human = 转人工
button-helped = 好了
button-not-helped = 还是不行
button-understood = 知道了
button-something-else = 不是这个问题

# Changes in the game whose outcome came later; operation-<kind> names the change
system-operation-done = 刚才没等到回音的「{ $name }」已经办好了。
system-operation-refused = 刚才没等到回音的「{ $name }」没能办成。我接着想办法，你也可以随时转人工。
operation-deliver = 补发充值
operation-cancel-subscription = 取消自动续费
operation-freeze-account = 冻结账号
operation-unfreeze-account = 解冻账号
operation-kick-sessions = 踢下所有设备
operation-send-link = 发送验证链接
operation-restore-role = 恢复角色
operation-restore-item = 恢复道具
operation-send-grant = 补发奖励
operation-custom = 你要办的事

# Tickets.
ticket-told-opened = 这件事已经为你建好工单 { $number }（{ $topic }），{ $when } 前给你答复。想知道进展，随时问我「{ $number } 怎么样了」。
ticket-told-start = 你的工单 { $number }（{ $topic }）客服已经在处理了，{ $when } 前给你结果。
ticket-told-ask = 你的工单 { $number }（{ $topic }）还差一点信息，麻烦补充一下：
ticket-told-resolve = 你的工单 { $number }（{ $topic }）处理好了，结果如下：
ticket-told-close = 你的工单 { $number }（{ $topic }）已结束。有新的情况随时告诉我。
ticket-told-reopen = 你的工单 { $number }（{ $topic }）重新开始处理了，{ $when } 前给你结果。
ticket-told-start-untimed = 你的工单 { $number }（{ $topic }）同事已经在看了，有结果会在这里告诉你。
ticket-told-reopen-untimed = 你的工单 { $number }（{ $topic }）重新打开了，有结果会在这里告诉你。
ticket-told-progress = 你的工单 { $number }（{ $topic }）有新进展：
ticket-told-promise = 你的工单 { $number }（{ $topic }）预计 { $when } 前有结果，到时会在这里告诉你。
ticket-told-renewed-1 = 抱歉让你久等了。工单 { $number }（{ $topic }）还在处理，比预计的慢了一些，已经加急，{ $when } 前给你答复。
ticket-told-renewed-2 = 工单 { $number }（{ $topic }）还没处理完，耽误你这么久实在抱歉。已经再次加急，{ $when } 前给你答复。
ticket-told-escalated = 工单 { $number }（{ $topic }）拖得太久了，是我们没做好。已经升级给客服主管跟进，一有结果马上在这里告诉你，不用再来催。
ticket-button-add = 我来补充
ticket-button-withdraw = 不用处理了
ticket-button-reopen = 还没解决

# The page /help/self-service
help-title = 自助服务
help-intro = 这些事在客服聊天里就能当场办，不用等人工。直接用自己的话说就行。
help-conditions = 条件
help-takes = 多久
help-otherwise = 办不成时
help-human = 不在这里的事，或者想直接找人，说一句「转人工」。
category-account = 账号与充值
category-technical = 技术问题
category-content = 游戏内容
category-complaint = 投诉与举报
category-other = 工单进度
help-more-page = 全部事项和条件：{ $url }
help-more-asked = 别的事也行，说一句就知道能不能办。
help-line = { $category }：{ $titles }
# How a case went (satisfaction).
satisfaction-ask-overall = 这次的事处理得怎么样？点一下就好，不想评也没关系。
satisfaction-ask-service = 收到。那客服的态度和专业程度呢？
satisfaction-ask-speed = 最后一个：处理的速度呢？
satisfaction-1 = 很不满意
satisfaction-2 = 不太满意
satisfaction-3 = 一般
satisfaction-4 = 满意
satisfaction-5 = 非常满意
satisfaction-thanks = 谢谢你的评价，每一条我们都会看。还有别的事随时找我。
satisfaction-sorry = 很抱歉这次没让你满意，你的评价我们会认真看。问题要是还没解决，点一下我马上找人接着办。
satisfaction-comment = 谢谢你多说这几句，原话已经记进这次的评价里，负责的同事会看。要是还有事没办好，直接告诉我。
satisfaction-human = 还没解决，转人工
satisfaction-known = 这一项已经记下了，谢谢。
satisfaction-late = 这次的评价已经截止了，谢谢你。有事直接跟我说就行。

# Spending
month = { $year }年{ $month }月
month-spent = { $month } { $yuan } 元
spending-title = 每月充值（元）

# Account fixes
link-reset-password = 重置密码
link-bind-phone = 绑定手机
link-unbind-phone = 换绑、解绑手机
link-bind-mail = 绑定邮箱
link-unbind-mail = 换绑、解绑邮箱
link-unbind-device = 解绑设备
link-unbind-third-party = 解绑第三方账号
link-real-name = 实名认证
link-delete-account = 注销账号
link-other = 转区或别的
binding-phone = 手机 { $value }
binding-mail = 邮箱 { $value }
binding-device = 设备 { $value }
binding-third-party = 第三方账号 { $value }
binding-none = 还没有任何绑定
real-name-fine = 知道了，没问题
real-name-wrong = 认证信息不对
limits-none = 没有时段和充值限制
limits-hours = { $day } { $opens }-{ $closes } 可以玩
limits-money = 单笔充值不超过 { $charge } 元、每月不超过 { $month } 元
weekday-1 = 周一
weekday-2 = 周二
weekday-3 = 周三
weekday-4 = 周四
weekday-5 = 周五
weekday-6 = 周六
weekday-7 = 周日
ban-account = 封号
ban-chat = 禁言
ban-fact = { $kind }：{ $reason }（编号 { $id }）
ban-for-good = 永久
ban-no-evidence = 系统检测记录
role-line = { $name } { $level }级
ticket-button-see = 看这张工单
ticket-line-new = { $number }（{ $topic }）：已收到，等客服接手，{ $when } 前给你答复
ticket-line-working = { $number }（{ $topic }）：客服正在处理，{ $when } 前给你结果
ticket-line-escalated = { $number }（{ $topic }）：已升级给客服主管，一有结果马上告诉你
ticket-line-waiting = { $number }（{ $topic }）：等你补充信息，收到后马上接着处理
ticket-line-resolved = { $number }（{ $topic }）：已处理好
ticket-line-closed = { $number }（{ $topic }）：已结束
ticket-line-latest = — 最新（{ $at }）：{ $words }
ticket-line-refund = 退款（订单 { $order_no }，{ $yuan } 元）：游戏那边还在办，有结果马上告诉你
# Causes that the technical dialogues find
ban-until = 到{ $when }
soon = 稍后
full-stop = 。
between-sentences = {""}
minor-limits = 每笔最多 { $charge } 元、每月最多 { $month } 元
minor-no-payments = 现在还不能付费
minor-advice = 要是登记错了，可以走实名更正。
# Fixes about the game's content
items-line = { $item } ×{ $count }
button-that-one = 就是它
button-not-that-one = 不是这个
button-all-clear = 知道了
server-note = 细节看登录页公告
server-no-time = 公告里写的时间
event-line-running = · { $title }（进行中，到 { $until }）
event-line-announced = · { $title }（{ $from } 开始）
event-running = 正在进行，到 { $until } 结束
event-announced = { $from } 开始，到 { $until } 结束
event-over = { $until } 已经结束
event-rules = 规则在活动页右上角的问号里
event-rewards = 奖励看活动页
event-all-servers = 全部区服

# Complaints
complaint-quoted = 你说的「{ $words }」
# A guardian's request (actions/fixes/refund_minor.py); lines with a calculation are for agents.
minor-this-account = 就是这个账号（{ $name } · { $server }）
minor-other-account = 别的账号
minor-words-this = 这个 就这个 本账号 当前 是的
minor-words-other = 另一个 另外 不是这个 别的
minor-account = { $name }（{ $server }，{ $id }）
minor-orders-all = 全部 { $count } 笔，共 { $yuan } 元
minor-orders-done = 就这些
minor-orders = { $count } 笔共 { $yuan } 元
minor-again-wait = 就是那一单
minor-again-new = 申请别的充值
minor-knew-today = 今天
minor-knew-week = 这几天
minor-knew-month = 一个月内
minor-knew-earlier = 更早
minor-knew-unknown = 记不清了
minor-words-knew-today = 刚刚 刚才 刚发现
minor-words-knew-week = 最近 近期 这两天
minor-words-knew-month = 半个月
minor-words-knew-earlier = 很久 好久
minor-relation-father = 父亲
minor-relation-mother = 母亲
minor-relation-grandparent = 祖父母或外祖父母
minor-relation-guardian = 其他监护人
minor-words-relation-father = 爸爸 爸 我爸 他爸 她爸 爹 父子 父女
minor-words-relation-mother = 妈妈 妈 我妈 他妈 她妈 娘 母子 母女
minor-words-relation-grandparent = 爷爷 奶奶 外公 外婆 姥姥 姥爷 公公 婆婆
minor-words-relation-guardian = 监护人 叔叔 舅舅 姑姑 阿姨 哥哥 姐姐 亲戚
minor-age-under-8 = 未满 8 岁
minor-age-from-8 = 8 到 15 岁
minor-age-from-16 = 16、17 岁
minor-words-age-under-8 = 幼儿园 学龄前
minor-words-age-from-8 = 小学 初中 小学生 初中生
minor-words-age-from-16 = 高中 高中生
minor-age-game = { $age } 岁（游戏实名）
minor-age-told = { $age }（监护人说）
minor-verified = 已实名，{ $age } 岁
minor-unverified = 未实名
minor-paper-relation = 关系证明（户口本或出生证明）
minor-paper-guardian = 监护人身份证
minor-paper-payment = 付款凭证
minor-paper-child = 孩子的证件或照片
minor-paper-later = 稍后再发
minor-paper-none = 没有这个
minor-papers-later = 材料都稍后再发
minor-nothing = 无
minor-soon = 尽快
minor-submit = 提交申请
minor-not-yet = 先不提交
minor-summary = 未成年人退款：{ $account }，{ $orders }，申请人：孩子的{ $relation }
minor-told-account = 账号：{ $value }
minor-told-orders = 所选充值：{ $value }
minor-told-missing = 还差的材料：{ $value }
minor-told-relation = 申请人：孩子的{ $value }
minor-told-noticed = 发现时间：{ $value }
minor-told-age = 孩子：{ $value }
minor-told-sum = { $value }
minor-order-line = { $day } · { $yuan } 元 · 当时 { $age } 岁 · { $verdict }（{ $order_no }）
minor-within = 在限额内
minor-over-charge = 超过单笔上限 { $yuan } 元
minor-over-month = 超过当月上限 { $yuan } 元
minor-over-none = 这个年龄不能充值
minor-refunded = 已退款，不计
minor-adult = 当时已成年
minor-currency = 其他币种，需人工核对
minor-total = 按规则（{ $version } 版）可退 { $yuan } 元，共充值 { $paid } 元
minor-total-range = 按规则（{ $version } 版）可退 { $yuan } 元；若充值时还没过生日，最多 { $most } 元；共充值 { $paid } 元
ticket-picture-added = 补充了一张图片。
