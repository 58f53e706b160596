@CAT-SEC-6004
Feature: A secret that somebody gives is kept nowhere and said nowhere
  A canary is planted wherever a secret may come in: in the user info, the query and the fragment of references and URLs, and in the environment.
  Then everything is looked through that comes out: files, events, log lines, metrics, errors with their causes, reports, and what inspect shows.

  Scenario Outline: What a program gave the <store> store is found nowhere
    Given a catalog over the <store> store that logs, and a canary in the environment
    When every method is called with the canary in each reference that it takes
    Then more than <few> answers and errors came back, and none shows the canary
    And no event, no line of the log and no metric shows it
    And no file of the root has it, plain, in base64 or percent-encoded
    And neither the report of the catalog, nor its history, nor what inspect shows of it has it

    Examples:
      | store   | few |
      | fs      | 60  |
      | journal | 60  |

  @slow
  Scenario: What the command was given is found nowhere
    Given a catalog with a model, and a canary in the environment of the command
    When every verb is run with the canary in each place that takes a reference or a URL
    Then no verb printed it, and no file of the root has it

  Scenario Outline: What was asked for is said again without the secret in it: "<asked>"
    Given a catalog over the fs store that logs, and a canary in the environment
    When the model "<asked>" is to be pinned
    Then it is refused, logged and told as "<shown>", without the canary

    Examples: behind a line break, or what else does not print
      | asked                                      | shown                                   |
      | a\u000ahttps://user:{canary}@host/m        | host/m                                  |
      | a/b\u000d\u000ahttps:/user:{canary}@host/m | host/m                                  |
      | a\u000a//{canary}@host/m                   | host/m                                  |
      | hf:org/repo\u000a?token={canary}           | hf:org/repo\\u{a}                       |
      | hf:org/repo\u2028#{canary}                 | hf:org/repo\\u{2028}                    |
      | hf:org/repo?revision=1\u000atoken={canary} | hf:org/repo?revision=1                  |
      | hf:org/repo?revision=1\u0009t={canary}     | hf:org/repo?revision=1                  |
      | C:/m\u000ahttps://user:{canary}@host/m     | host/m                                  |
      | m\u000aAuthorization: Bearer {canary}      | m\\u{a}Authorization: Bearer …          |
      | m\u000d\u000aAUTHORIZATION:\u0009basic {canary} | m\\u{d}\\u{a}AUTHORIZATION:\\u{9}basic … |
      | m\u0009bearer\u0009{canary}                | m\\u{9}bearer\\u{9}…                    |

    Examples: in a line of its own
      | asked                      | shown                   |
      | Authorization: Basic {canary} | Authorization: Basic … |
      | Bearer {canary}            | Bearer …                |

  Scenario Outline: A secret is looked for in <form>, wherever in a text it begins
    Then a secret is found in <form>, behind and before any number of other bytes

    Examples:
      | form             |
      | plain text       |
      | base64           |
      | base64url        |
      | hex              |
      | percent-encoding |

  @slow
  Scenario: What a fetcher and its command were given is found nowhere
    Given a hub that wants the canary as its token, signs what is stored with it, and is asked through a proxy with it
    When models are fetched from it, well and badly, and with the canary in each reference
    And the command fetches them, well and badly
    Then more than 20 answers and errors came back, and none shows the canary
    And no event of it, and no line of the log, shows it
    And no file of the root has it, plain, in base64 or percent-encoded
    And the command printed it nowhere
