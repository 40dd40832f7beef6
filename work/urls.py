"""The addresses of the board of tasks, below `/tasks/`."""

from django.urls import path

from work.pages import task_board, task_cell, task_export, task_verdict, tasks

urlpatterns = [
    path("", tasks, name="tasks"),
    path("<slug:plan>/<slug:area>/", task_board, name="task-board"),
    path("<slug:plan>/<slug:area>/tasks.xlsx", task_export, name="task-export"),
    path("<slug:plan>/<slug:area>/<slug:task>/", task_cell, name="task-cell"),
    path("progress/<int:pk>/verdict/", task_verdict, name="task-verdict"),
]
