"""Our own phrases for what no topic of the bank says itself: calls to action, list openings, hooks for own points.

Every phrase is a whole sentence or a clause that takes any topic text, whether a noun phrase, an order or a question.
"""

from __future__ import annotations

from generation.storyboard import HookKind, Mood

CALLS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "tiny": ("先收藏。", "转给朋友。", "关注我。", "点个赞。"),
        "short": (
            "先收藏，用得上。",
            "转给用得上的人。",
            "关注我，下期见。",
            "点个赞再走。",
            "先存着，别划走。",
        ),
        "story": (
            "你还知道什么？评论区聊聊。",
            "关注我，下次接着讲。",
            "想起谁了？转给他看看。",
            "先收藏，哪天就用上了。",
        ),
        "ad": (
            "喜欢的话，点进主页看看。",
            "想了解更多，来主页找我。",
            "感兴趣就留言，我来回你。",
            "先收藏，需要时再来找我。",
        ),
        "answer": (
            "还有疑问？评论区问我。",
            "下一个问题，由你来出。",
            "你的答案是什么？留言告诉我。",
            "收藏好，下次有人问就转给他。",
        ),
        "edit": (
            "喜欢就点个赞，再看一遍。",
            "最喜欢哪一幕？评论区告诉我。",
            "关注我，下一支更好看。",
            "转给想一起看的人。",
        ),
        "animals": ("最喜欢哪种动物？评论区说。", "转给喜欢动物的孩子。"),
        "arts": ("你最喜欢哪一件？评论区聊。", "转给爱看展的朋友。"),
        "body": ("你身上也会这样吗？评论区说。", "考考家里人，转给他们。"),
        "cars": ("转给刚拿驾照的朋友。", "收藏好，开车前再看一眼。"),
        "culture": ("你家乡是怎么过的？评论区说。", "转给爱听老规矩的人。"),
        "earth": ("你那里今天什么天？评论区说。", "转给爱问为什么的孩子。"),
        "food": ("收藏好，买菜时翻出来。", "你家怎么吃？评论区说。"),
        "geography": ("你去过吗？评论区说说。", "转给爱看地图的人。"),
        "health": ("转给家里人，一起留心。", "收藏好，不舒服时看一眼。"),
        "hobbies": ("做好了，来评论区晒一晒。", "转给也爱动手的朋友。"),
        "language": ("你还想知道哪个词？留言。", "转给在学语言的朋友。"),
        "mind": ("你是哪一种？评论区聊聊。", "转给最近有点累的朋友。"),
        "physics": ("还想知道什么原理？评论区问。", "考考学理科的朋友。"),
        "relationships": ("你会怎么做？评论区聊聊。", "转给身边那个人。"),
        "shopping": ("收藏好，下单前看一眼。", "你踩过什么坑？评论区说。"),
        "sports": ("你支持哪一队？评论区说。", "转给一起看球的人。"),
        "style": ("试过了？评论区晒一张。", "收藏好，出门前看一眼。"),
        "career": ("转给正在上班的朋友。", "你的同事知道吗？转给他。"),
        "coffee_tea": ("下一杯想喝什么？评论区说。", "转给一起喝茶喝咖啡的人。"),
        "cooking": ("做好了，来评论区交作业。", "收藏好，进厨房前再看一眼。"),
        "fitness": ("收藏起来，练之前再看一遍。", "叫上一起练的人。"),
        "history": ("还想听哪段故事？评论区点。", "你听过别的说法吗？留言聊聊。"),
        "home": ("你家有什么妙招？评论区教教我。", "收藏好，收拾屋子时翻出来。"),
        "money": ("转给家里人，一起留个心。", "收藏好，付钱之前看一眼。"),
        "outdoors": ("收藏好，出发前再看一遍。", "转给和你一起出门的人。"),
        "parenting": ("转给一起带娃的人。", "你家是怎么做的？评论区聊聊。"),
        "pets": ("评论区晒晒你家毛孩子。", "转给也养宠物的朋友。"),
        "photography": ("拍好了，来评论区晒一张。", "收藏好，拍之前看一眼。"),
        "plants": ("评论区晒晒你养的植物。", "转给总把花养死的朋友。"),
        "productivity": ("你试哪一招？评论区打个卡。", "收藏好，忙的时候翻出来。"),
        "safety": ("转给家里每一个人。", "收藏好，希望你永远用不上。"),
        "science": ("还想知道什么？评论区问。", "考考身边的人，转给他。"),
        "sleep": ("转给总是睡不好的朋友。", "收藏好，睡前再看一遍。"),
        "space": ("还想飞去哪看看？留言告诉我。", "转给爱看星星的人。"),
        "study": ("转给一起学习的同学。", "收藏好，学之前看一遍。"),
        "technology": ("转给家里用手机的长辈。", "学会了？评论区打个卡。"),
        "travel": ("收藏好，订票前再看一遍。", "下一站去哪？评论区说说。"),
    },
    "en": {
        "tiny": ("Save this.", "Share it.", "Follow me.", "Pass it on."),
        "short": (
            "Save this for later.",
            "Send this to a friend.",
            "Follow for more.",
            "Tap like if it helped.",
            "Keep this one.",
        ),
        "story": (
            "What would you add? Tell me below.",
            "Follow along for the next one.",
            "Know who needs this? Send it over.",
            "Save it, you'll want it someday.",
        ),
        "ad": (
            "Like it? See more on my page.",
            "Curious? Visit my profile.",
            "Leave a comment and I'll answer.",
            "Save this until you need it.",
        ),
        "answer": (
            "Still wondering? Ask me below.",
            "What should I answer next?",
            "What's your answer? Leave a comment.",
            "Save it for whoever asks you next.",
        ),
        "edit": (
            "Like it? Watch it once more.",
            "Which shot is your favorite?",
            "Follow for the next cut.",
            "Send it to someone who'd enjoy it.",
        ),
        "animals": ("Which animal next? Tell me below.", "Send it to an animal lover."),
        "arts": ("Which one do you love? Tell me.", "Send it to a museum friend."),
        "body": ("Does yours do this? Tell me below.", "Quiz your family and send this."),
        "cars": ("Send it to a new driver.", "Save it for your next drive."),
        "culture": ("How is it done where you live?", "Send it to someone who keeps traditions."),
        "earth": ("What's your weather today? Tell me.", "Send it to a curious kid."),
        "food": ("Save it for your next shopping trip.", "How do you eat it? Tell me."),
        "geography": ("Ever been there? Tell me below.", "Send it to a map lover."),
        "health": ("Send it to your family.", "Save it for the day you need it."),
        "hobbies": ("Made one? Show me below.", "Send it to a fellow maker."),
        "language": ("Which word should I explain next?", "Send it to a language learner."),
        "mind": ("Which one are you? Tell me below.", "Send it to a tired friend."),
        "physics": ("What should I explain next, you say?", "Quiz a science friend."),
        "relationships": ("What would you do? Tell me below.", "Send it to someone close."),
        "shopping": ("Save it before you buy.", "What did you regret buying? Tell me."),
        "sports": ("Who do you cheer for? Tell me.", "Send it to a fellow fan."),
        "style": ("Tried it? Show me below.", "Save it for tomorrow morning."),
        "career": ("Send this to a coworker.", "Save it for your next Monday."),
        "coffee_tea": ("What's in your cup? Comment below.", "Share it with your coffee or tea friend."),
        "cooking": ("Cook it, then show me below.", "Save it for your next trip to the kitchen."),
        "fitness": ("Save it for your next workout.", "Tag your training partner."),
        "history": ("Which story should I tell next?", "Heard it told differently? Comment below."),
        "home": ("What's your best trick? Tell me below.", "Save it for your next cleaning day."),
        "money": ("Send this to your family.", "Save it and look before you pay."),
        "outdoors": ("Save it and check before you leave.", "Send it to your trail buddy."),
        "parenting": ("Send it to a tired parent.", "How do you do it? Tell me below."),
        "pets": ("Show me your pet in the comments.", "Send it to a pet person."),
        "photography": ("Take the shot, then show me.", "Save it for your next photo walk."),
        "plants": ("Show me your plants below.", "Send it to a plant parent."),
        "productivity": ("Which one will you try first?", "Save it for your next busy day."),
        "safety": ("Send this to everyone at home.", "Save it and hope you never need it."),
        "science": ("What should I explain next?", "Quiz a friend and send this."),
        "sleep": ("Send it to a light sleeper.", "Save it for tonight."),
        "space": ("Where should we look next?", "Send it to someone who loves the stars."),
        "study": ("Send it to a classmate.", "Save it for your next study session."),
        "technology": ("Send it to a parent with a phone.", "Tried it? Tell me below."),
        "travel": ("Save it before you book.", "Where to next? Tell me below."),
    },
}

# (shown, said) before a list; the first pair when points came before it, the second when the list stands alone
LIST_OPENINGS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "zh": {
        "after": (
            ("再补{n}条", "再补{n}条："),
            ("还有{n}条", "还有{n}条，记好："),
            ("最后{n}条", "最后{n}条："),
        ),
        "alone": (
            ("记住这{n}条", "记住这{n}条："),
            ("就这{n}条", "其实就{n}条："),
            ("先看这{n}条", "先看这{n}条："),
        ),
    },
    "en": {
        "after": (
            ("{n} more", "{n} more:"),
            ("{n} quick ones", "And {n} quick ones:"),
            ("Last {n}", "The last {n}:"),
        ),
        "alone": (
            ("Remember these {n}", "Remember these {n}:"),
            ("Just {n} things", "It comes down to {n}:"),
            ("{n} rules", "{n} rules:"),
        ),
    },
}
COUNT_WORDS = {
    "zh": ("", "一", "两", "三", "四", "五", "六", "七", "八"),
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight"),
}
NUMBER_WORDS = {"zh": {2: "两", 3: "三", 4: "四"}, "en": {2: "two", 3: "three", 4: "four"}}

# Hooks for own points; {x} is the topic text, {n} how many points follow
OWN_HOOKS: dict[str, dict[HookKind, tuple[str, ...]]] = {
    "zh": {
        "question": ("{x}，你最关心哪一点？", "{x}，你怎么看？"),
        "number": ("{x}，就说{n}件事。", "{x}，{n}点讲清楚。", "{x}，{n}件事。"),
        "contrast": ("{x}，和你想的不一样。", "{x}，不只是你看到的那样。", "{x}，大有门道。"),
        "story": ("今天来聊聊，{x}。", "说起{x}，话要从头讲。", "聊聊{x}。"),
        "warning": ("{x}，先别急着下结论。", "{x}，这几点别错过。", "{x}，先别划走。"),
    },
    "en": {
        "question": ("{X}: how much do you know?", "{X}: what really matters?", "{X}: why care?"),
        "number": ("{X}, in {n} points.", "{X}: {n} things to know.", "{X}: {n} things."),
        "contrast": ("{X}: not what you'd expect.", "{X}, beyond the obvious.", "{X}, up close."),
        "story": ("{X}: here's the story.", "{X}, from the beginning.", "{X}: the story."),
        "warning": ("{X}: don't miss this.", "{X}: look before you decide.", "{X}: listen first."),
    },
}
# The topic alone, where it fits but no pattern around it does
PLAIN_HOOK = {"zh": "{x}。", "en": "{X}."}
# The same when the topic text is too long to be said in three seconds
BARE_HOOKS: dict[str, dict[HookKind, str]] = {
    "zh": {
        "question": "这件事，你了解多少？",
        "number": "这件事，{n}点讲清楚。",
        "contrast": "这件事，和你想的不一样。",
        "story": "今天说一件事，从头讲。",
        "warning": "先别划走，这几点很关键。",
    },
    "en": {
        "question": "How much do you know about this?",
        "number": "{n} things to know about this.",
        "contrast": "This isn't what you'd expect.",
        "story": "Here's a story worth hearing.",
        "warning": "Wait. Don't miss this one.",
    },
}
# What opens the points of a creator's text: they promise no more than it holds
TEXT_HOOKS = {
    "zh": ("{x}，{n}个要点。", "{x}，{n}点看懂。"),
    "en": ("{X}, in {n} points.", "{X}: {n} points."),
}
TEXT_HOOKS_BARE = {"zh": "一篇文章，{n}个要点。", "en": "{n} points from one text."}
TEXT_HOOK_OF_ONE = {"zh": "一篇文章这样说。", "en": "One text says this."}
# The points once more, by their lines, where there is time for it
RECAP = {"zh": "回头看：{x}。", "en": "Once more: {x}."}
# The end of own points, where there is time for it
OWN_RECAP = {"zh": "{x}，就是这{n}点。", "en": "{x}, in {n} points."}
OWN_TITLES: dict[str, tuple[str, ...]] = {
    "zh": ("{x}", "{x}：{n}个要点", "{x}，这条说清楚", "{x}，先看这条"),
    "en": ("{X}", "{X}: {n} Things to Know", "{X}: The Short Version", "{X}, in Short"),
}
KIND_TAGS = {
    "zh": {"story": "日常分享", "ad": "好物推荐", "answer": "问答", "edit": "短片"},
    "en": {"story": "stories", "ad": "worthalook", "answer": "answers", "edit": "shortvideo"},
}
COMMON_TAGS = {"zh": ("短视频", "分享"), "en": ("shortvideo", "learnsomething")}
KIND_MOODS: dict[str, Mood] = {"story": "warm", "ad": "bright", "answer": "calm", "edit": "epic"}
# The kinds of hook that suit a kind of video best
KIND_HOOKS: dict[str, tuple[str, ...]] = {
    "story": ("story", "contrast"),
    "ad": ("contrast", "number"),
    "answer": ("question",),
    "edit": ("contrast", "warning"),
}
