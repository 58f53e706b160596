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

  Scenario: What the command was given is found nowhere
    Given a catalog with a model, and a canary in the environment of the command
    When every verb is run with the canary in each place that takes a reference or a URL
    Then no verb printed it, and no file of the root has it
