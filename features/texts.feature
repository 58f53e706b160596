Feature: What people are told is short, and shows what is there

  Whatever somebody gave is quoted in a message, a report or a terminal: in part, without secrets, and with nothing in it that a terminal would obey.

  @CAT-SEC-6004 @CAT-REF-1305
  Rule: An input is quoted without what may be secret, and only so far

    Scenario Outline: <input> is quoted in <limit> characters as <quoted>
      Then "<input>" quoted in <limit> characters is "<quoted>"

      Examples: as long as it may be, and longer
        | input                  | limit | quoted     |
        |                        | 3     |            |
        | abc                    | 3     | abc        |
        | abcd                   | 3     | abc…       |
        | https://h/abc          | 13    | https://h/abc |
        | https://h/abcd         | 13    | https://h/abc… |
        | https://h/abcd         | 9     | https://h… |
        | https://h/abcd         | 4     | http…      |
        | https://u:p@h/abcdefgh | 10    | https://h/… |

      Examples: what does not print, and an escape that is cut in two
        | input         | limit | quoted         |
        | a\u0007b      | 20    | a\\u{7}b       |
        | a\u202eb      | 20    | a\\u{202e}b    |
        | a\u0007b      | 7     | a\\u{7}b       |
        | a\u0007b      | 6     | a\\u{7}…       |
        | a\u0007b      | 5     | a…             |
        | a\u0007\u0007 | 7     | a\\u{7}…       |
        | a\u0007\u0007 | 8     | a\\u{7}…       |
        | a\u0007\u0007 | 9     | a\\u{7}…       |
        | a\u0007\u0007 | 11    | a\\u{7}\\u{7}  |
        | a}\u0007b     | 5     | a}…            |

      Examples: where nobody can tell a password from a path, neither is shown
        | input                       | limit | quoted            |
        | https://h/a?revision=1&key=2 | 40   | https://h/a?revision=1 |
        | https://h/a?key=2#revision=1 | 40   | https://h/a       |
        | user:word@h/a               | 40    | h/a               |
        | user:wo?rd@h/a              | 40    | …                 |
        | user:wo%3Frd@h/a            | 40    | …                 |
        | user:wo#rd@h/a              | 40    | …                 |
        | user%3Aword%40h/a           | 40    | h/a               |
        | a@b                         | 40    | a@b               |
        | /home/a@b/c                 | 40    | /home/a@b/c       |
        | hf:org/repo@main            | 40    | hf:org/repo@main  |
        | s3:org/repo@main            | 40    | s3:main           |
        | a //user@h                  | 40    | h                 |
        | a /user@h                   | 40    | a /user@h         |
        | bearer 12345678             | 40    | bearer …          |
        | bearer 1234567              | 40    | bearer 1234567    |
        | Authorization: Basic abc x  | 60    | Authorization: Basic … x |

  @CAT-SEC-6004
  Rule: Of the URL of a fleet its user is kept, and no secret

    Scenario Outline: <url> is told as <told>
      Then the URL "<url>" of a fleet is told as "<told>", and that as itself

      Examples:
        | url                                                        | told                                                |
        | postgres://db.example/models                               | postgres://db.example/models                        |
        | postgres://catalog@db.example/models                       | postgres://catalog@db.example/models                |
        | postgres://catalog:word@db.example/models                  | postgres://catalog@db.example/models                |
        | postgres://catalog:wo@rd@db.example/models                 | postgres://catalog@db.example/models                |
        | postgres://catalog:wo:rd@db.example                        | postgres://catalog@db.example                       |
        | POSTGRES://db.example/                                     | POSTGRES://db.example/                              |
        | postgres://db/models?password=word                         | postgres://db/models                                |
        | postgres://db/models?schema=a&password=word&sslmode=require | postgres://db/models?schema=a&sslmode=require      |
        | postgres://db/models?schema=a=b                            | postgres://db/models?schema=a=b                     |
        | postgres://db/models?schema=a#word                         | postgres://db/models?schema=a                       |
        | postgres://db/models#word?schema=a                         | postgres://db/models                                |
        | postgres://db?schema=a                                     | postgres://db?schema=a                              |
        | etcd://one:2379,two:2379/prefix?tls=true                   | etcd://one:2379,two:2379/prefix?tls=true            |
        | no URL://db?word                                           | no URL://db?word                                    |
        | memory of a test                                           | memory of a test                                    |

  @CAT-SEC-6004
  Rule: What does not print is shown as its number

    Scenario Outline: <text> is shown as <shown>
      Then "<text>" is shown as "<shown>"

      Examples:
        | text              | shown                |
        |                   |                      |
        | a ~               | a ~                  |
        | naïve 模型 🙂     | naïve 模型 🙂        |
        | a\u0000b          | a\\u{0}b             |
        | \u001b[31ma       | \\u{1b}[31ma         |
        | a\u007f           | a\\u{7f}             |
        | a\u202eb          | a\\u{202e}b          |
        | a\u2028b          | a\\u{2028}b          |
        | \ud800            | \\u{d800}            |

  @CAT-CLI-6202
  Rule: A size has three digits and a decimal unit

    Scenario Outline: <bytes> bytes are <told>
      Then <bytes> bytes are told as "<told>"

      Examples:
        | bytes                  | told    |
        | 0                      | 0 B     |
        | 999                    | 999 B   |
        | 1000                   | 1.00 kB |
        | 9994                   | 9.99 kB |
        | 9995                   | 10.0 kB |
        | 99949                  | 99.9 kB |
        | 99950                  | 100 kB  |
        | 999499                 | 999 kB  |
        | 999500                 | 1.00 MB |
        | 4370000000             | 4.37 GB |
        | 1000000000000000000    | 1.00 EB |
        | 5000000000000000000000 | 5000 EB |

  @CAT-CLI-6204
  Rule: Who mistypes a word is told the nearest one, if one is near

    Scenario Outline: Of <words> <word> may mean <nearest>
      Then of "<words>" the word "<word>" may mean "<nearest>"

      Examples: one edit, or one in three characters
        | words  | word   | nearest |
        | ls     | lo     | ls      |
        | ls     | xo     | none    |
        | ls     | LS     | ls      |
        | LS     | ls     | LS      |
        | verify | verifi | verify  |
        | verify | vreifi | verify  |
        | verify | vreixi | none    |
        | verify | veri   | verify  |
        | verify | ver    | none    |
        | bcd    | a      | none    |

      Examples: two neighbours that changed their places are one edit
        | words | word | nearest |
        | ls    | sl   | ls      |
        | ab    | xa   | none    |
        | ba    | ax   | none    |
        | lsy   | slx  | none    |
        | yls   | xsl  | none    |
        | why   | hwy  | why     |

      Examples: the nearest of several, and none of none
        | words             | word  | nearest |
        | stats state       | state | state   |
        | pin unpin         | unpni | unpin   |
        | verify evict exists | evcit | evict |
        |                   | ls    | none    |

    Scenario: A word of more than 64 characters means none
      Then of one word of 64 characters that word is the nearest
      And of one word of 65 characters none is
