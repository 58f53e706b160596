Feature: Ids of models and engines

  An id is a name that people read, compare and type. Two ids that look alike, or that a file system would take for one, are one.

  Rule: An id is a short, visible, normalised name

    @CAT-REC-1007
    Scenario Outline: "<id>" is an id
      When the id "<id>" is checked
      Then it is accepted as "<id>"

      Examples:
        | id                  |
        | a                   |
        | Llama-3.2_1B (new)  |
        | org/model:7b@main   |
        | a..b/.c/d.          |
        | modèle/模型/😀      |
        | C:/models           |

    @CAT-REC-1007
    Scenario Outline: "<id>" is refused because of <reason>
      When the id "<id>" is checked
      Then the id is refused because of "<reason>"

      Examples: form
        | id        | reason                         |
        |           | empty                          |
        | e\u0301   | not in NFC                     |
        | a\\b      | a backslash                    |
        | /a        | a leading or trailing slash    |
        | a/        | a leading or trailing slash    |
        | /         | a leading or trailing slash    |
        | a//b      | a part that is empty, . or ..  |
        | .         | a part that is empty, . or ..  |
        | ..        | a part that is empty, . or ..  |
        | a/./b     | a part that is empty, . or ..  |
        | ../a      | a part that is empty, . or ..  |
        | a/..      | a part that is empty, . or ..  |

      Examples: characters
        | id        | reason                                |
        | a\u0000b  | a control character                   |
        | a\u000ab  | a control character                   |
        | a\u001fb  | a control character                   |
        | a\u007fb  | a control character                   |
        | a\u0080b  | a control character                   |
        | a\u009fb  | a control character                   |
        | a\ud800   | a lone surrogate                      |
        | \udc00a   | a lone surrogate                      |
        | a\u00adb  | a bidirectional or zero-width character |
        | a\u061cb  | a bidirectional or zero-width character |
        | a\u180eb  | a bidirectional or zero-width character |
        | a\u200bb  | a bidirectional or zero-width character |
        | a\u200cb  | a bidirectional or zero-width character |
        | a\u200db  | a bidirectional or zero-width character |
        | a\u200eb  | a bidirectional or zero-width character |
        | a\u200fb  | a bidirectional or zero-width character |
        | a\u202ab  | a bidirectional or zero-width character |
        | a\u202eb  | a bidirectional or zero-width character |
        | a\u2060b  | a bidirectional or zero-width character |
        | a\u2066b  | a bidirectional or zero-width character |
        | a\u2069b  | a bidirectional or zero-width character |
        | \ufeffa   | a bidirectional or zero-width character |

    @CAT-REC-1007
    Scenario Outline: An id of <count> times "<character>" is <outcome>
      When an id of <count> times "<character>" is checked
      Then that id is <outcome>

      Examples: an id has at most 512 bytes of UTF-8
        | count   | character | outcome  |
        | 512     | a         | accepted |
        | 513     | a         | refused  |
        | 256     | é         | accepted |
        | 257     | é         | refused  |
        | 128     | 😀        | accepted |
        | 129     | 😀        | refused  |
        | 9000000 | a         | refused  |

    @CAT-REC-1007
    Scenario Outline: <what> is not an id
      When <what> is checked as an id
      Then the id is refused because of "not text"

      Examples:
        | what      |
        | null      |
        | undefined |
        | a number  |
        | a list    |

    @CAT-REC-1007 @CAT-SEC-6004
    Scenario: A refusal shows neither control characters nor secrets nor much of the text
      When the id "https://user:pass@host//a\u001b[2J\u009b?token=b" is checked
      Then the id is refused with the message "\"https://host//a\\u{1b}[2J\\u{9b}\" is not an id: a control character"
      When an id of 9000000 times "a" is checked
      Then its refusal has at most 160 characters

  Rule: Ids that look alike collide

    @CAT-REC-1007
    Scenario Outline: "<one>" and "<other>" collide
      When the ids "<one>" and "<other>" are compared
      Then they collide

      Examples:
        | one     | other    | # |
        | llama   | llama    | the same |
        | Llama   | lLAMA    | case |
        | A/B-1   | a/b-1    | case |
        | É       | é        | case beyond ASCII |
        | straße  | STRASSE  | ß is SS in upper case |
        | ﬁle     | file     | a ligature |
        | ａ１     | a1       | full width |
        | Å     | å        | the Ångström sign |
        | ſ       | s        | the long s |
        | ΟΔΟΣ    | οδος     | sigma at the end |
        | οδοσ    | οδος     | either sigma |
        | ı       | I        | i without its dot |

    @CAT-REC-1007
    Scenario Outline: "<one>" and "<other>" are different ids
      When the ids "<one>" and "<other>" are compared
      Then they do not collide

      Examples:
        | one   | other |
        | a     | b     |
        | a-b   | a_b   |
        | a/b   | a:b   |
        | e     | é     |
        | a     | а     |

    @CAT-REC-1007
    Scenario: The collision key is NFKC, upper-cased, then lower-cased, of every text
      Given ids of any characters
      Then the collision key of each is its NFKC in upper and then in lower case

  Rule: Ids are in the order of their UTF-8 bytes

    @CAT-REC-1008
    Scenario: The order of any two ids is that of their bytes
      Given ids of any characters
      Then any two are in the order of their UTF-8 bytes

    @CAT-REC-1008
    Scenario Outline: "<one>" comes before "<other>"
      When the ids "<one>" and "<other>" are compared
      Then the first comes before the second

      Examples:
        | one | other |
        | a   | b     |
        | a   | ab    |
        | B   | a     |
        | z   | é     |
        | \uffee | 😀 |
        | \ue000 | 😀 |
