"""Two short articles that the tests of documents share, written for them."""

POTATO = """The Humble Potato

The potato is a starchy tuber native to the Andes of South America. It was first grown there between 8,000 and 5,000 BC, \
in what is now southern Peru.[2] Spanish sailors brought it to Europe in the second half of the 16th century.

At first, many Europeans did not trust the plant. However, by the late 18th century it had become an essential crop in \
northern Europe. Dr. Parmentier promoted the potato in France by planting a field near Paris, which made people curious.

The lack of genetic diversity left the crop vulnerable to disease. In 1845, late blight spread rapidly through western \
Ireland and led to the Great Famine. About one million people died, and another million emigrated.

Today, China leads the world in potato production. Potatoes are not fattening by themselves. Raw potatoes should not be \
eaten, because the green parts contain solanine.

See also

List of potato dishes, which nobody should ever hear of in a video.
"""
TEA = """茶的历史

茶起源于中国西南地区，最早被当作药材使用。相传神农氏在公元前2737年发现了茶的解毒作用。到了唐代，陆羽写成《茶经》，这是世界上第一部关于茶的专著。

宋代的时候，斗茶之风盛行，文人雅士以茶会友。但是，明太祖朱元璋在1391年下令废除团茶，改贡散茶，从此冲泡散茶成为主流。

16世纪，葡萄牙人把茶叶带到欧洲。17世纪以后，荷兰东印度公司开始大规模贩运茶叶，茶在英国逐渐成为全民饮料。

如今，全世界有160多个国家和地区的人饮茶。中国仍然是世界上最大的茶叶生产国，产量约占全球的一半。不过，浓茶并不适合所有人，孕妇不宜多喝。

参考文献

某某某：《一本不该被讲到的书》，某某出版社，2001年。
"""
