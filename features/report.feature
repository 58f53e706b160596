@CAT-CLI-6205
Feature: A picture of the catalog

  What is stored, by whom it is shared, what could be freed, what lies more than once, how far it can be trusted, and how it came to
  that: as data, and as one page that needs nothing else.

  Rule: The report says what the records and the disk say

    Background:
      Given a report on these models:
        | id     | lies in      | contents    | rest                              |
        | base   | catalog      | 1=100 2=50  | trust_state=verified verified=3   |
        | tuned  | catalog      | 2=50 3=30   | trust_state=warned verified=8     |
        | twice  | catalog      | 4=7 4=7     | state=Failed verified=91          |
        | local  | ollama       | 1=100       | trust_state=warned verified=90    |
        | again  | hugging-face | 1=100       | trust_state=warned                |
        | nas    | reference    | 5=11        | trust_state=warned verified=30    |
        | coming |              |             | state=Pending                     |
      And the engine "runner" is made of content 3

    Scenario: Each content counts once at each place where it lies
      Then the report has these holdings:
        | own_bytes       | 107 |
        | shared_bytes    | 80  |
        | saved_bytes     | 80  |
        | adopted_bytes   | 200 |
        | referenced_bytes | 11 |
        | duplicate_bytes | 200 |

    Scenario: Whoever holds a content is named, models and engines alike
      Then these are shared:
        | content | bytes | lies in | by                   |
        | 2       | 50    | catalog | base, tuned          |
        | 3       | 30    | catalog | tuned, engine runner |

    Scenario: What lies at several places is told with all of them
      Then these lie more than once:
        | content | bytes | copies                                                                                                        |
        | 1       | 100   | catalog: base; ollama: local /home/ada/.ollama/content-1.gguf; hugging-face: again /home/ada/.hugging-face/content-1.gguf |

    Scenario: Removing a model frees what nothing else holds, and nothing of other tools
      Then removing each frees, and their sizes are, the largest first:
        | id     | bytes | freed |
        | base   | 150   | 100   |
        | again  | 100   | 0     |
        | local  | 100   | 0     |
        | tuned  | 80    | 0     |
        | twice  | 14    | 7     |
        | nas    | 11    | 0     |
        | coming |       | 0     |

    Scenario: States, trust and the time since the last verification are counted, with the bytes of each
      Then the report counts:
        | of       | name           | models | bytes |
        | states   | Pending        | 1      | 0     |
        | states   | Active         | 5      | 441   |
        | states   | Retired        | 0      | 0     |
        | states   | Failed         | 1      | 14    |
        | trust    | unverified     | 1      | 0     |
        | trust    | warned         | 4      | 291   |
        | trust    | verified       | 1      | 150   |
        | trust    | failed         | 1      | 14    |
        | trust    | changed        | 0      | 0     |
        | trust    | unreadable     | 0      | 0     |
        | trust    | missing        | 0      | 0     |
        | verified | within_7_days  | 1      | 150   |
        | verified | within_30_days | 2      | 91    |
        | verified | within_90_days | 1      | 100   |
        | verified | earlier        | 0      | 0     |
        | verified | never          | 2      | 100   |
        | verified | not_good       | 1      | 14    |
        | tools    | hugging-face   | 1      | 100   |
        | tools    | ollama         | 1      | 100   |

    Scenario: Two paths to one file are one place
      Given "local" and "again" are one file on the disk
      Then the report has these holdings:
        | adopted_bytes   | 100 |
        | duplicate_bytes | 100 |

    Scenario: A tool that calls itself as we call our own places is a tool all the same
      Given "local" was adopted from a tool that is called "catalog"
      Then the report has these holdings:
        | own_bytes     | 107 |
        | adopted_bytes | 200 |

    Scenario: What was measured on the disk is shown as it was measured, what was not as such
      Then the page says "Can be freed" "not measured"
      Given the disk has 900 bytes of which 123 can be freed, 77 shared, 88 elsewhere and 66 doubled
      Then the page says "Stored here" "900 B"
      And the page says "Can be freed" "123 B"
      And the page says "Saved by sharing" "77 B"
      And the page says "Used where it lies" "88 B"
      And the page says "Lies more than once" "66 B"

    Scenario: What somebody may want to do is told with the command that does it
      Given the disk has 900 bytes of which 123 can be freed, 77 shared, 88 elsewhere and 66 doubled
      Then it advises:
        | 1 model failed: twice.                                                                                 | catalog ls --state Failed |
        | 1 model with bytes was never verified: again.                                                          | catalog verify --all      |
        | 123 B can be freed. Nothing needs it; gc leaves what is younger than an hour.                          | catalog gc --dry-run      |
        | 66 B lie more than once on this machine: base, local, again. Copies in the root can become links.      | catalog dedupe --dry-run  |

    @CAT-ADO-2203
    Scenario: What is not as it was when it was verified is not told as good
      Given these files are not as they were:
        | id    | reason  |
        | base  | missing |
        | nas   | changed |
        | twice | missing |
      Then the report counts these of "trust": unverified 1, warned 3, failed 0, changed 1, missing 2, verified 0
      And the report counts these of "verified": within_7_days 0, within_30_days 1, not_good 3
      And it advises:
        | 1 model has files that are missing: base.                                           | catalog verify --all --quick |
        | 1 model changed since it was verified: nas.                                         | catalog verify --all --quick |
        | 1 model failed: twice.                                                              | catalog ls --state Failed    |
        | 1 model with bytes was never verified: again.                                       | catalog verify --all         |
        | 200 B lie more than once on this machine: base, local, again. Copies in the root can become links. | catalog dedupe --dry-run |
      And the row of "base" says "missing"

    Scenario: Models are named where something is to be done about them, at most three
      Given a report on these models:
        | id    | lies in | contents | rest                                   |
        | cut   | catalog | 1=5      | trust_state=warned verified=1 warning=truncated |
        | odd   | catalog | 2=4      | trust_state=warned verified=1 warning=bad-value |
        | old   | catalog | 3=3      | trust_state=warned verified=91         |
        | it's  | catalog | 4=2      | trust_state=warned verified=1 code=yes |
        | b     | catalog | 5=1      | trust_state=warned                     |
        | c     | catalog | 6=1      | trust_state=warned                     |
        | d     | catalog | 7=1      | trust_state=warned                     |
        | e     | catalog | 8=1      | trust_state=warned                     |
      Then it advises:
        | 1 model is cut short or lacks a part: cut.                        | catalog show cut      |
        | 1 model has a header with warnings: odd.                          | catalog show odd      |
        | 4 models with bytes were never verified: b, c, d and 1 more.      | catalog verify --all  |
        | 1 model was verified more than 90 days ago: old.                  | catalog verify --all  |
        | 1 model can carry code that runs when it is loaded: it's.         | catalog show 'it'\\''s' |
      And the row of "cut" says "truncated: model.gguf"

    Scenario: Where the disk tells of other bytes than the records, the page says which is which
      Given the disk has 900 bytes of which 123 can be freed, 77 shared, 88 elsewhere and 66 doubled
      Then the page tells "Adopted and referenced is what was recorded, 211 B; 88 B were found there."
      Given the disk has 900 bytes of which 123 can be freed, 77 shared, 211 elsewhere and 66 doubled
      Then the page does not tell "Adopted and referenced is what was recorded"

    Scenario: The same records give the same page
      Then two pages of it are equal

  Rule: Growth is told from the history where there is one

    Scenario: Each change counts from when it came, removals too, and today ends the line
      Given a history:
        | day | id | change  | bytes | trust_state |
        | 1   | a  | added   | 100   | unverified  |
        | 2   | b  | added   | 50    | warned      |
        | 3   | a  | changed |       | verified    |
        | 4   | b  | changed | 70    |             |
        | 5   | a  | removed |       |             |
      And today there is "b" of 70 bytes alone
      Then it grew like this, as the journal tells:
        | day | models | bytes | unverified | warned | verified |
        | 1   | 1      | 100   | 1          | 0      | 0        |
        | 2   | 2      | 150   | 1          | 1      | 0        |
        | 3   | 2      | 150   | 0          | 1      | 1        |
        | 4   | 2      | 170   | 0          | 1      | 1        |
        | 5   | 1      | 70    | 0          | 1      | 0        |
        | 30  | 1      | 70    | 0          | 1      | 0        |

    Scenario: A clock that was set back stands still
      Given a history:
        | day | id | change | bytes | trust_state |
        | 9   | a  | added  | 100   | unverified  |
        | 2   | b  | added  | 50    | warned      |
      And today there is "b" of 50 bytes alone
      Then it grew like this, as the journal tells:
        | day | models | bytes | unverified | warned | verified |
        | 9   | 1      | 100   | 1          | 0      | 0        |
        | 9   | 2      | 150   | 1          | 1      | 0        |
        | 30  | 1      | 50    | 0          | 1      | 0        |

    Scenario: A long history is thinned, and says the same at its ends
      Given a history of 100000 changes, each of which adds a byte
      Then no more than 400 points are kept, and the last says 100000 bytes

    Scenario: Without a history the models of today are told by when they were registered
      Given a report on these models:
        | id | lies in | contents | rest         |
        | a  | catalog | 1=100    | registered=9 |
        | b  | catalog | 2=50     | registered=2 |
      Then it grew like this, as registrations tell:
        | day | models | bytes |
        | 2   | 1      | 50    |
        | 9   | 2      | 150   |
        | 30  | 2      | 150   |
      And the page says that what was removed is not counted

    Scenario: What all came on one day is told in words
      Given a history:
        | day    | id | change | bytes | trust_state |
        | 4.25   | a  | added  | 100   | warned      |
        | 4.5    | b  | added  | 70    | warned      |
        | 4.75   | a  | removed |      |             |
      And today there is "b" of 70 bytes alone
      Then the page tells "All of it came on 2026-05-05, between 06:00 and 18:00 UTC: 1 model of 70 B. Nothing has changed since."
      And the page draws no line

    Scenario: What came on two days is drawn
      Given a history:
        | day    | id | change | bytes | trust_state |
        | 4.25   | a  | added  | 100   | warned      |
        | 5.25   | b  | added  | 70    | warned      |
        | 5.5    | a  | removed |      |             |
      And today there is "b" of 70 bytes alone
      Then the page draws a line

  Rule: Scales are round

    Scenario Outline: Up to <most> the scale is <scale>
      Then a scale up to <most> is "<scale>"

      Examples:
        | most         | scale                               |
        | 1            | 0, 1 B                              |
        | 7            | 0, 2 B, 4 B, 6 B, 8 B               |
        | 184000000000 | 0, 50 GB, 100 GB, 150 GB, 200 GB    |
        | 950          | 0, 500 B, 1 kB                      |
        | 2000000000   | 0, 500 MB, 1 GB, 1.50 GB, 2 GB      |

  Rule: What others named is text in the page, and no secret is in it

    Scenario: Names that are markup, quotes, directions or endless change nothing of the page
      Given a report on a catalog whose names are markup, quotes, directions and endless
      Then the page has no element or attribute more than the page of harmless names

    @CAT-SEC-6004
    Scenario: A password that a source or a build carries is in neither page nor data
      Given a report on a catalog whose sources and builds carry "hunter2"
      Then neither the page nor the data has "hunter2"

    @slow
    Scenario: A thousand models make a page below a megabyte, and more are told in one line
      Given a report on 1000 models
      Then the page has 1000 rows and less than 1000000 bytes
      Given a report on 2500 models
      Then the page has 1000 rows and less than 1000000 bytes
      And the page says that 1500 more models are not listed
      Given a report on 1000 models, each with 16 long warnings
      Then the page has 1000 rows and less than 1000000 bytes

    Scenario: An empty catalog has a page
      Given a report on 0 models
      Then the page says how to bring in the first

  Rule: Colours are told apart

    Scenario Outline: On <scheme>, tones of one chart differ for eyes that see <eyes>, and stand out
      Then on <scheme> the tones of each chart differ for eyes that see <eyes>

      Examples:
        | scheme | eyes        |
        | light  | all colours |
        | light  | no red      |
        | light  | no green    |
        | light  | no blue     |
        | dark   | all colours |
        | dark   | no red      |
        | dark   | no green    |
        | dark   | no blue     |

  Rule: The command writes it

    Scenario: People are told the main figures
      Given a catalog with a model, a registered one and an engine
      When `catalog report` is run
      Then it prints the line "models               2 models of 1.00 kB"

    @slow
    Scenario: The page is written where it is wanted
      Given a catalog with a model, a registered one and an engine
      When `catalog report --html -q` is run
      Then it names the file "catalog-report.html", which is a page of 2 models
      And whoever may read what this process writes may read "catalog-report.html"
      When `catalog report --html other.html -q` is run
      Then it names the file "other.html", which is a page of 2 models
      When `catalog report --html other.html -q` is run
      Then it names the file "other.html", which is a page of 2 models
      When `catalog report --html -` is run
      Then it prints a page of 2 models

    Scenario: Programs get the data
      Given a catalog with a model, a registered one and an engine
      When `catalog report --json` is run
      Then it prints one document with a report on 2 models and 1 engine, which grew as registrations tell

    @slow
    Scenario: A catalog with a journal tells of its growth from its history
      Given a catalog with a model, a registered one and an engine
      When `catalog migrate --to journal` is run
      And `catalog rm pending --yes` is run
      And `catalog report --json` is run
      Then it prints one document with a report on 1 model and 1 engine, which grew as the journal tells

    @slow
    Scenario: Nothing that is no file, and nothing of the catalog, is replaced by a page
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                          | exit | code            |
        | report --html {root}/root.json   | 2    | InvalidArgument |
        | report --html {root}/page.html   | 2    | InvalidArgument |
        | report --html /dev/null          | 2    | InvalidArgument |
        | report --html .                  | 2    | InvalidArgument |
        | report --html - --json           | 2    | InvalidArgument |
      Then each ended as it says, and told what to do next
      And the root is as it was

  @browser
  Rule: The page works for everybody, in a real browser

    Scenario Outline: Tools for accessibility find nothing wrong with it: <scheme>, <width> pixels wide
      Given the page of a busy catalog, <scheme>, <width> pixels wide
      Then axe finds no violation
      And the page does not scroll sideways
      And its picture is kept as "report-<scheme>-<width>.png"

      Examples:
        | scheme | width |
        | light  | 1280  |
        | dark   | 400   |
        | light  | 320   |

      @full
      Examples: others
        | scheme | width |
        | dark   | 1280  |
        | light  | 800   |
        | light  | 400   |
        | dark   | 320   |

    Scenario Outline: What stands in a column is not broken, <width> pixels wide
      Given the page of a busy catalog, light, <width> pixels wide
      Then no size, state, trust, place or kind is broken into lines

      Examples:
        | width |
        | 1280  |
        | 1000  |
        | 400   |

    Scenario Outline: Figures stand in whole rows, <width> pixels wide
      Given the page of a busy catalog, light, <width> pixels wide
      Then each row of figures has as many

      Examples:
        | width |
        | 1280  |
        | 800   |
        | 400   |

    Scenario Outline: A model takes little room, <width> pixels wide
      Given the page of a busy catalog, light, <width> pixels wide
      Then a model takes <most> pixels at most, in the middle of all

      Examples:
        | width | most |
        | 1280  | 64   |
        | 400   | 100  |

    Scenario Outline: No two texts of a chart run into each other: <what>, <width> pixels wide
      Given the page of <what>, light, <width> pixels wide
      Then no two texts of its charts overlap

      Examples:
        | what                  | width |
        | a busy catalog        | 400   |
        | a catalog of two days | 1280  |
        | a catalog of two days | 400   |

    Scenario: What is warned of can be read, without opening or pointing at anything
      Given the page of a busy catalog, without scripts
      Then "truncated: mistral-small-3.1-q4_k_m.gguf has 2400000000 bytes of 14300000000" can be read

    Scenario: Models are sorted where columns have no heads
      Given the page of a busy catalog, light, 400 pixels wide
      When Tab is pressed until "Sort by" has the focus
      And "Name" is typed
      Then "Model" is sorted ascending, beginning with "bge-small-en"

    Scenario: It asks for nothing but itself, and nothing goes wrong in it
      Given the page of a busy catalog
      Then nothing but the file was asked for
      And nothing was said on the console

    Scenario: Names that are markup run nothing
      Given the page of a catalog whose names are markup, quotes, directions and endless
      Then nothing was said on the console
      And its scripts are its own alone
      And axe finds no violation
      And the page does not scroll sideways

    Scenario: The table is filtered by keyboard alone
      Given the page of a busy catalog
      When Tab is pressed until "Find" has the focus
      And "phi" is typed
      Then the models that are shown are "phi-4, phi-4-hf"
      And it says "2 of 27 models"
      When Tab is pressed until "Lies in" has the focus
      And "ollama" is typed
      Then the models that are shown are "phi-4"
      When Tab is pressed until "Show all" has the focus
      And Enter is pressed
      Then it says "27 models"

    Scenario: The table is sorted by keyboard alone
      Given the page of a busy catalog
      When Tab is pressed until "Model" has the focus
      And Enter is pressed
      Then "Model" is sorted ascending, beginning with "bge-small-en"
      When Enter is pressed
      Then "Model" is sorted descending, beginning with "whisper-large-v3"
      When Tab is pressed until "Freed if removed" has the focus
      And Enter is pressed
      Then "Freed if removed" is sorted descending, beginning with "llama-3.3-70b"

    Scenario: Whatever the focus comes to is seen to have it, in the order of the page
      Given the page of a busy catalog
      Then Tab goes through the page from top to bottom, and each stop is outlined

    Scenario: Many models come in pages
      Given the page of 120 models
      Then 50 models are shown, and it says "120 models, 1 to 50 on this page"
      When Tab is pressed until "Next page" has the focus
      And Enter is pressed
      And Enter is pressed
      Then 20 models are shown, and it says "120 models, 101 to 120 on this page"
      When Enter is pressed
      Then 20 models are shown, and it says "120 models, 101 to 120 on this page"

    Scenario: All of it can be read without scripts
      Given the page of 120 models, without scripts
      Then 120 models are shown
      And no control is shown that would do nothing

    Scenario: On paper the table is whole, and nothing is there that can only be pressed
      Given the page of 120 models
      When it is printed
      Then 120 models are on paper, as a table
      And no control is shown that would do nothing

    Scenario: Nothing moves for those who asked for that
      Given the page of a busy catalog, with reduced motion
      Then nothing on it moves
