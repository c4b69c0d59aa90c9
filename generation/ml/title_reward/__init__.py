"""What makes a title work: how often it will be clicked beside others for the same video, and which words do it.

``python -m generation.ml.title_reward train --data FILE.csv.gz --output DIR`` learns from randomized tests of titles
(columns ``test, week, image, headline, impressions, clicks``); ``… score --model DIR --headlines FILE`` prints a JSON list
of numbers, higher = expected to be clicked more.

headlines.py   a file of tests → arms with their counts; pairs of one test with one image
form.py        what a reader sees of a title before its meaning: length, numbers, questions, whom it speaks to
views.py       a title as numbers: meaning (two networks), words, form
ridge.py       weights from differences inside a test, in closed form, with what remains unsure
model.py       TitleModel: train, score, contributions, save, load
advice.py      what is shown while a title is typed: place, interval, words, hypotheses
clickbait.py   promises that a video seldom keeps
"""
