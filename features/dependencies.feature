@CAT-SEC-6005
Feature: Few packages come with the library, each the one that was tried

  Scenario Outline: <package> has few dependencies, each pinned and checked, and none runs anything when it is installed
    Then the package in "<folder>" has at most <few> dependencies, all of one version
    And all that comes with it is locked with a checksum, and runs nothing when it is installed

    Examples:
      | package         | folder               | few |
      | The library     | .                    | 4   |
      | The provisioner | packages/provisioner | 2   |

  @registry
  Scenario: npm knows of no weakness in what comes with them
    Given a registry that tells of weaknesses
    Then none is told of what comes with the packages

  Scenario Outline: An answer of npm that <tells> is <judged>
    Then an audit that answers <answer> is <judged>

    Examples:
      | tells                 | answer                                                                                       | judged  |
      | tells of none         | {"metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":0,"critical":0,"total":0}}} | clean   |
      | tells of one          | {"metadata":{"vulnerabilities":{"info":0,"low":1,"moderate":0,"high":0,"critical":0,"total":1}}} | not clean |
      | has no audit          | {"message":"405 Method Not Allowed","method":"POST","uri":"https://registry.example"}        | unknown |
      | is none               |                                                                                              | unknown |
