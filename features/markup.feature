@CAT-CLI-6205 @CAT-TRC-5105
Feature: The markup of pages

  Pages are put together of our own markup and of texts that others gave. What others gave is text in the page, whatever it looks like.

  Rule: What is put into markup is text

    Scenario Outline: The text <text> is <markup> in a page
      Then the text <text> is <markup> in a page

      Examples:
        | text               | markup                                  |
        | a & b              | a &amp; b                               |
        | <b>                | &lt;b&gt;                               |
        | "a"                | &quot;a&quot;                           |
        | it's               | it&#39;s                                |
        | &lt;               | &amp;lt;                                |
        | a\u0000b           | a\\u{0}b                                |
        | a\u202eb           | a\\u{202e}b                             |

    Scenario: A list is put in piece by piece, numbers and markup of ours as they are, and nothing as nothing
      Then markup of 5, of nothing, of a list of "<" and 7, and of markup of ours is "5, , &lt;7, <br>"

    Scenario Outline: A name of <length> characters of which <most> are shown is <shown>
      Then a name of <length> characters "<character>" of which <most> are shown is <shown>

      Examples:
        | length | character | most | shown      |
        | 3      | a         | 3    | aaa        |
        | 4      | a         | 3    | aa…        |
        | 3      | 😀        | 3    | 😀😀😀     |
        | 4      | 😀        | 3    | 😀😀…      |
        | 2      | 😀        | 3    | 😀😀       |
        | 9      | a         | 1    | …          |

    Scenario: Each name stands apart from the direction in which others are written
      Then the names "a", "<" and "ccc" of at most 2 characters are "<bdi>a</bdi>, <bdi>&lt;</bdi>, <bdi>c…</bdi>"
      And a name of 201 characters that nothing is said of is cut to 200

  Rule: A page needs nothing and runs nothing but its own

    Scenario: A page is one file with a policy for its own style and script
      Then a page called "<t>" is one file, and its policy allows the style and the script that it has, and nothing else

    Scenario Outline: In the <scheme> scheme a page has its paper, and colours of its own
      Then in the <scheme> scheme a page of its own "--red: <own>;" lies on "<card>", and its ink is "<ink>"

      Examples:
        | scheme | own     | card    | ink     |
        | light  | #ff0000 | #ffffff | #1b1e22 |
        | dark   | #ff8080 | #1a1e22 | #e8eaec |
